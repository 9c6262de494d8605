//! Where plans put values: no step reads what it writes, and branches end where their channels belong.

use cnn::train::{Backprop, CrossEntropy};
use cnn::{EngineOptions, Isa, Network, network};
use cnn_compiler::Compilation;
use cnn_compiler::plan::training::Load;
use cnn_compiler::plan::{Place, Plan, Step};
use cnn_tests::{compile_text, rendered};
use serde_json::Value;

/// Nets of every kind, from the tests of parity.
const NETS: [&str; 5] = [
    include_str!("parity/golden/layers.jsonl"),
    include_str!("parity/golden/spatial.jsonl"),
    include_str!("parity/golden/bn.jsonl"),
    include_str!("parity/golden/norms.jsonl"),
    include_str!("parity/golden/transposed.jsonl"),
];

const SPECS: [&str; 4] = [
    include_str!("../examples/specs/every_layer.cnn"),
    include_str!("../examples/specs/densenet121.cnn"),
    include_str!("../examples/specs/googlenet.cnn"),
    include_str!("../examples/specs/squeezenet1_1.cnn"),
];

#[test]
fn no_step_reads_what_it_writes() {
    let golden = NETS.iter().flat_map(|file| file.lines()).map(|line| {
        let case: Value = serde_json::from_str(line).unwrap();
        let image: Vec<String> = case["input"].as_array().unwrap().iter().map(Value::to_string).collect();
        format!("pub Net({}) {{ {} }}", image.join("x"), case["net"].as_str().unwrap())
    });
    for source in golden.chain(SPECS.map(str::to_owned)) {
        let compilation = compile_text(&source);
        let plans = compilation.plans.as_ref().unwrap_or_else(|| panic!("{source}\n{}", rendered(&compilation)));
        for plan in plans {
            for step in &plan.steps {
                check_step(plan, step)
                    .unwrap_or_else(|why| panic!("{}: {why}\n{source}\n{plan}", step.layers.join(" + ")));
            }
        }
    }
}

fn check_step(plan: &Plan, step: &Step) -> Result<(), String> {
    let range = |place: Place, floats: u64| match place {
        Place::Buffer(index, first) => {
            let buffer = &plan.buffers[index];
            let range = buffer.start + first..buffer.start + first + floats;
            if range.end > buffer.end || buffer.end > plan.arena_len {
                return Err(format!("{range:?} leaves the buffer {buffer:?}"));
            }
            Ok(range)
        }
        Place::Input | Place::Output => Ok(0..0),
    };
    let target = range(step.target.0, step.target.1)?;
    for &(field, place, floats) in &step.sources {
        let source = range(place, floats)?;
        if source.start < target.end && target.start < source.end {
            return Err(format!("`{field}` {source:?} overlaps what it writes, {target:?}"));
        }
    }
    Ok(())
}

network! {
    /// Every branch hands on what arrives, and only the last one, behind others that are copied, has its blocks to itself.
    pub Copies(10x2x2) { concat { relu | maxpool(k1) | relu6 | avgpool(k1) | relu } }
}

#[test]
fn branches_end_where_their_channels_belong() {
    let mut image = [[[0.0; 2]; 2]; 10];
    for (i, value) in image.as_flattened_mut().as_flattened_mut().iter_mut().enumerate() {
        *value = i as f32 / 10.0;
    }
    let mut engine = Copies::init(1).engine();
    for (channel, map) in engine.forward(&image).iter().enumerate() {
        assert_eq!(*map, image[channel % 10], "channel {channel}");
    }
}

/// A net as a type and as text.
macro_rules! both {
    ($text:ident: $($net:tt)*) => {
        network! { $($net)* }
        const $text: &str = stringify!($($net)*);
    };
}

both! { TURNS: Turns(3x96x96) { conv(3 -> 48, k3, p1, nobias) bn relu6; depthwise(k3, p1) bn relu6 } }
network! { pub First(3x96x96) { conv(3 -> 48, k3, p1, nobias) bn relu6 } }
network! { pub Second(48x96x96) { depthwise(k3, p1) bn relu6 } }

both! { POOLED: Pooled(3x97x97) { conv(3 -> 32, k3, p1) bn relu; maxpool(k3, s2, p1, ceil) } }
network! { pub Larger(3x97x97) { conv(3 -> 32, k3, p1) bn relu } }
network! { pub Smaller(32x97x97) { maxpool(k3, s2, p1, ceil) } }

/// A convolution and what computes its channels alone give in turns what they give one behind the other.
#[test]
fn taking_turns_changes_nothing() {
    let kernels = |source: &str| -> Vec<&str> {
        compile_text(source).plans.unwrap()[0].steps.iter().map(|step| step.kernel).collect()
    };
    assert_eq!(kernels(TURNS)[1..7], ["Conv", "Depthwise", "Conv", "Depthwise", "Conv", "Depthwise"]);
    assert_eq!(kernels(POOLED)[1..5], ["Conv", "MaxPool", "Conv", "MaxPool"]);
    in_turns::<Turns, First, Second>();
    in_turns::<Pooled, Larger, Smaller>();
}

fn in_turns<Both, First, Second>()
where
    Both: Network,
    First: Network<Input = Both::Input>,
    Second: Network<Input = First::Output, Output = Both::Output>,
{
    let (mut both, mut first, mut second) = (Both::init(1), First::init(1), Second::init(1));
    for (i, value) in floats(&mut *both).iter_mut().enumerate() {
        *value = (i * 37 % 101) as f32 / 80.0 + 0.1;
    }
    // The parameters of both come before all buffers.
    let (params, buffers) = floats(&mut *both).split_at(Both::PARAM_COUNT);
    let (params, buffers) =
        (params.split_at(First::PARAM_COUNT), buffers.split_at(count::<First>() - First::PARAM_COUNT));
    floats(&mut *first).copy_from_slice(&[params.0, buffers.0].concat());
    floats(&mut *second).copy_from_slice(&[params.1, buffers.1].concat());
    let mut image = bytemuck::allocation::zeroed_box::<Both::Input>();
    for (i, value) in bytemuck::cast_slice_mut(std::slice::from_mut(&mut *image)).iter_mut().enumerate() {
        *value = (i * 31 % 97) as f32 / 500.0 - 0.1;
    }
    for isa in Isa::available() {
        for threads in 1..4 {
            let options = EngineOptions::new().isa(isa).threads(threads);
            let mut between = options.engine(&*first).unwrap();
            let mut expected = options.engine(&*second).unwrap();
            let mut found = options.engine(&*both).unwrap();
            let [found, expected] =
                [found.forward(&image), expected.forward(between.forward(&image))].map(bytemuck::bytes_of);
            assert!(found == expected, "{isa}, {threads} threads");
        }
    }
}

/// How many parameters and values of buffers a net has.
fn count<N>() -> usize {
    size_of::<N>() / size_of::<f32>()
}

/// All parameters and buffers.
fn floats<N: bytemuck::Pod>(net: &mut N) -> &mut [f32] {
    bytemuck::cast_slice_mut(std::slice::from_mut(net))
}

/// The nets of the catalogue, by the names of their files.
fn catalogue() -> impl Iterator<Item = (String, Compilation)> {
    let specs = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/specs");
    std::fs::read_dir(specs).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        (path.file_stem().unwrap().display().to_string(), compile_text(&text))
    })
}

/// Each net of the catalogue: its arena is within 5 % of what any arena would need.
#[test]
fn arenas_are_tight() {
    let mut seen = 0;
    for (name, compilation) in catalogue() {
        for plan in compilation.plans.iter().flatten() {
            let (len, bound) = (plan.arena_len, plan.arena_bound);
            assert!(100 * len <= 105 * bound, "{name}: {len} floats, {bound} would do");
            seen += 1;
        }
    }
    assert!(seen >= 18);
}

/// As above, of the training of each net: of what the forward pass keeps, and of gradients.
#[test]
fn training_arenas_are_tight() {
    let mut seen = 0;
    let mut slack = Vec::new();
    for (name, compilation) in catalogue() {
        for plan in compilation.plans.iter().flatten() {
            let (len, bound) = (plan.training.arena_len, plan.training.arena_bound);
            if 100 * len > 105 * bound {
                slack.push(format!("{name}: {len} values, {bound} would do"));
            }
            eprintln!("{name} {len} {bound} {:.2}", 100.0 * len as f64 / bound as f64 - 100.0);
            seen += 1;
        }
    }
    assert!(slack.is_empty(), "{}", slack.join("\n"));
    assert!(seen >= 18);
}

both! { PLAIN: Plain(3x7x7) { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) } }
both! { NORMED: Normed(2x9x8) { conv(2 -> 6, k3, p1) bn relu; residual { conv(6 -> 6, k3, p1) bn } maxpool(k2); flatten; fc(_ -> 7) } }

/// The memory that a plan says is what the runtime takes.
#[test]
fn memory_of_a_step_is_as_planned() {
    memory_is_as_planned::<Plain>(PLAIN);
    memory_is_as_planned::<Normed>(NORMED);
}

fn memory_is_as_planned<N: Network>(source: &str) {
    let compilation = compile_text(source);
    let plans = compilation.plans.as_ref().unwrap_or_else(|| panic!("{source}\n{}", rendered(&compilation)));
    let (net, plan) = (&compilation.nets[0], &plans[0].training);
    for isa in [Isa::Avx512, Isa::Avx2] {
        for (batch, threads) in [(1, 1), (8, 2), (17, 1), (50, 3), (64, 2)] {
            let mut backprop = Backprop::<N>::new(threads);
            if !backprop.set_isa(isa) {
                continue;
            }
            let images: Vec<N::Input> = bytemuck::allocation::zeroed_vec(batch);
            let loss = backprop.loss_and_grad(&mut *N::init(1), &images, &vec![0_usize; batch], &CrossEntropy::new());
            loss.unwrap();
            let load = Load { batch: batch as u64, threads: threads as u64 };
            let memory = plan.memory(net, load, if isa == Isa::Avx512 { 16 } else { 8 });
            assert_eq!(
                backprop.memory_bytes() as u64,
                memory.total(),
                "{batch} images, {threads} threads, {isa}, {memory:?}"
            );
        }
    }
}
