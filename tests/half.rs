//! `Arithmetic::Half` beside `Strict`: nets whose layers are large enough to have halves, on every instruction set.

use bytemuck::{cast_slice, cast_slice_mut};
use cnn::{Arithmetic, Engine, EngineOptions, Isa, Network, network};

/// What halves may change, as a part of the outputs' root mean square.
const TOLERANCE: f64 = 2e-3;

network! { pub Vector(1024) { fc(_ -> 520) bn relu fc(_ -> 10) } }

// The weights of maps are permuted, here of a last block with lanes to spare; those of rows are applied to each of them.
network! { pub Maps(3x10x10) { conv(3 -> 60, k3) relu flatten fc(_ -> 150) } }
network! { pub Rows(1x3x730) { fc(730 -> 720) } }

// None of its layers has halves.
network! { pub Small(8x16x16) { conv(8 -> 8, k3, p1) relu flatten fc(_ -> 10) } }

fn numbers(seed: u32) -> impl Iterator<Item = f32> {
    (seed..).map(|i| (i.wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 23) as f32 - 1.0)
}

fn images<N: Network>(count: usize) -> Vec<N::Input> {
    let mut images: Vec<N::Input> = bytemuck::zeroed_vec(count);
    cast_slice_mut(&mut images).iter_mut().zip(numbers(1)).for_each(|(value, number)| *value = number);
    images
}

fn outputs<N: Network>(engine: &mut Engine<N>, images: &[N::Input]) -> Vec<f32> {
    let mut outputs: Vec<N::Output> = bytemuck::zeroed_vec(images.len());
    engine.forward_batch(images, &mut outputs).unwrap();
    let floats: &[f32] = cast_slice(&outputs);
    let alone =
        images.iter().flat_map(|image| cast_slice::<_, f32>(std::slice::from_ref(engine.forward(image))).to_vec());
    assert_eq!(alone.collect::<Vec<_>>(), floats, "a batch gives the same numbers as its images");
    floats.to_vec()
}

/// The largest difference from the other arithmetic's outputs, as a part of their root mean square, of all instruction sets,
/// after any number of threads, and a clone, agreed.
fn difference<N: Network>(net: &N, than: Arithmetic) -> f64 {
    let images = images::<N>(3);
    let mut worst = 0.0f64;
    for isa in Isa::available() {
        let options = EngineOptions::new().isa(isa);
        let expected = outputs(&mut options.arithmetic(than).engine(net).unwrap(), &images);
        let mut half = options.arithmetic(Arithmetic::Half).engine(net).unwrap();
        assert_eq!(half.arithmetic(), Arithmetic::Half);
        let found = outputs(&mut half, &images);
        assert_eq!(outputs(&mut half.clone(), &images), found);
        let threads = options.arithmetic(Arithmetic::Half).threads(2).engine(net);
        assert_eq!(outputs(&mut threads.unwrap(), &images), found);
        let rms = (expected.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / expected.len() as f64).sqrt();
        let apart = found.iter().zip(&expected).map(|(found, expected)| f64::from((found - expected).abs()) / rms);
        let of_isa = apart.fold(0.0, f64::max);
        println!("{}, {isa}: {of_isa:.1e} from {than:?}", N::NAME);
        assert!(of_isa.is_finite());
        worst = worst.max(of_isa);
    }
    worst
}

#[test]
fn half_is_close_to_strict() {
    let mut net = Vector::init(1);
    let mut variances = numbers(2).map(|number| 1.5 + number);
    net.buffers.bn1.running_var.iter_mut().for_each(|variance| *variance = variances.next().unwrap());
    assert!((1e-6..TOLERANCE).contains(&difference(&*net, Arithmetic::Strict)));
    assert!((1e-6..TOLERANCE).contains(&difference(&*Maps::init(1), Arithmetic::Strict)));
    assert!((1e-6..TOLERANCE).contains(&difference(&*Rows::init(1), Arithmetic::Strict)));
}

/// Neither 65504, the largest half, nor 6·10⁻⁸, the smallest, bounds the weights.
#[test]
fn half_has_weights_of_any_size() {
    for size in [1e-30, 1e-9, 1e9, 1e30] {
        let mut net = Maps::init(1);
        net.fc1.weight.as_flattened_mut().iter_mut().for_each(|weight| *weight *= size);
        net.fc1.bias = [0.0; 150];
        assert!((1e-6..TOLERANCE).contains(&difference(&*net, Arithmetic::Strict)), "{size}");
    }
}

#[test]
fn half_without_large_layers_is_fast() {
    assert_eq!(difference(&*Small::init(1), Arithmetic::Fast), 0.0);
}

#[test]
fn half_spreads_what_is_not_a_number_as_strict() {
    let mut net = Vector::init(1);
    net.fc2.weight[3][5] = f32::NAN;
    net.fc1.weight[7][9] = f32::INFINITY;
    let images = images::<Vector>(1);
    let [half, strict] = [Arithmetic::Half, Arithmetic::Strict].map(|arithmetic| {
        let mut engine = EngineOptions::new().arithmetic(arithmetic).engine(&*net).unwrap();
        engine.forward(&images[0]).map(|value| if value.is_finite() { 0.0 } else { value.abs() }.to_bits())
    });
    assert_eq!(half, strict);
}
