//! `cnn` as one of the engines that `cargo xtask bench` runs in turn.
//!
//! Every engine is a program. It takes a net, a batch, a number of threads and a file; it writes its outputs for the net's images
//! into that file, as `f32`, then a line of JSON to standard output: it is ready. For each line that it reads, a number of
//! milliseconds, it computes the batch again and again for that long, and prints how many nanoseconds each time took. At the end
//! of its input it ends. Those in Rust, told `#5`, compute it five times and print nothing.

mod serve;

use std::hint::black_box;
use std::time::{Duration, Instant};
use std::{env, fs, io, process};

use cnn::__private::{Kernel, LANES, Simd};
use cnn::{Arithmetic, EngineOptions, Isa, Network};
use cnn_zoo::golden::{self, Golden, distance};
use cnn_zoo::*;

/// What is to be run.
struct Task {
    net: String,
    batch: usize,
    outputs: String,
    options: EngineOptions,
}

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let [net, batch, threads, arithmetic, isa, outputs] = &args[..] else { usage() };
    let (Ok(batch), Ok(threads)) = (batch.parse(), threads.parse()) else { usage() };
    let arithmetic = match &arithmetic[..] {
        "fast" => Arithmetic::Fast,
        "strict" => Arithmetic::Strict,
        "half" => Arithmetic::Half,
        _ => usage(),
    };
    let Some(isa) = Isa::available().into_iter().find(|known| isa == "best" || known.to_string() == *isa) else {
        usage()
    };
    let options = EngineOptions::new().arithmetic(arithmetic).threads(threads).isa(isa);
    let task = Task { net: net.clone(), batch, outputs: outputs.clone(), options };
    match &net[..] {
        "alexnet" => run::<AlexNet>(&task),
        "convnext_tiny" => run::<ConvNextTiny>(&task),
        "densenet121" => run::<DenseNet121>(&task),
        "dummy" => run::<DummyNet>(&task),
        "efficientnet_b0" => run::<EfficientNetB0>(&task),
        "googlenet" => run::<GoogLeNet>(&task),
        "lenet5" => run::<LeNet5>(&task),
        "mlp" => run::<Mlp>(&task),
        "mnasnet1_0" => run::<MnasNet>(&task),
        "mobilenet_v2" => run::<MobileNetV2>(&task),
        "mobilenet_v3_small" => run::<MobileNetV3Small>(&task),
        "regnet_y_400mf" => run::<RegNetY400MF>(&task),
        "resnet18" => run::<ResNet18>(&task),
        "resnet50" => run::<ResNet50>(&task),
        "shufflenet_v2_x1_0" => run::<ShuffleNetV2>(&task),
        "squeezenet1_1" => run::<SqueezeNet>(&task),
        "vgg16" => run::<Vgg16>(&task),
        _ => usage(),
    }
    .expect("the benchmark reads and writes");
}

fn usage() -> ! {
    eprintln!(
        "usage: engine NET BATCH THREADS fast|strict|half best|ISA OUTPUTS\nnets: {}\nISA: {:?}",
        golden::names().join(", "),
        Isa::available()
    );
    process::exit(2)
}

fn run<N: Network>(task: &Task) -> io::Result<()> {
    let golden = Golden::of(&task.net);
    let images = golden.images::<N>(task.batch);
    let mut outputs: Vec<N::Output> = bytemuck::zeroed_vec(task.batch);
    let mut engine =
        task.options.engine(&*golden.net::<N>()).expect("this CPU has the best instruction set that it has");
    engine.forward_batch(&images, &mut outputs).expect("as many outputs as images");
    let floats: &[f32] = bytemuck::cast_slice(&outputs);
    fs::write(&task.outputs, bytemuck::cast_slice(floats))?;
    let (error, macs) = (distance(floats, &golden.expected), N::MACS * task.batch as u64);
    let peak = peak(&engine);
    println!("{{\"error\":{error:e},\"macs\":{macs},\"peak\":{peak:e}}}");

    let one = task.batch == 1;
    serve::serve(|| {
        if one {
            black_box(engine.forward(black_box(&images[0])));
        } else {
            engine.forward_batch(black_box(&images), &mut outputs).expect("as many outputs as images");
        }
        Ok(())
    })
}

/// Multiply-adds of a core in a second, where nothing but them is to be done, with an engine's instruction set.
fn peak<N: Network>(engine: &cnn::Engine<N>) -> f64 {
    /// Sums that do not wait for each other.
    const SUMS: usize = 12;
    const STEPS: usize = 10_000;

    struct Sums<'a>(&'a mut f32, &'a mut usize);

    impl Kernel for Sums<'_> {
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            let [half, one] = [0.5, 1.0].map(|value| simd.wide_splat(black_box(value)));
            let mut sums = [one; SUMS];
            for _ in 0..STEPS {
                for sum in &mut sums {
                    *sum = simd.wide_mul_add(*sum, half, one);
                }
            }
            let mut lanes = [0.0; LANES];
            for sum in sums {
                simd.store(simd.vectors(sum)[0], &mut lanes);
                *self.0 += lanes[0];
            }
            *self.1 = SUMS * STEPS * S::VECTORS * LANES;
        }
    }

    let Some(token) = engine.isa().token() else { return 0.0 };
    let (mut sum, mut macs, mut best) = (0.0, 0, Duration::MAX);
    for _ in 0..200 {
        let start = Instant::now();
        token.dispatch(Sums(&mut sum, &mut macs));
        best = best.min(start.elapsed());
    }
    black_box(sum);
    macs as f64 / best.as_secs_f64()
}
