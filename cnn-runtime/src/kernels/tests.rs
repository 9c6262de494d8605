//! Every kernel, on every instruction set of this CPU, against its reference.

use std::cell::Cell;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::Arithmetic;
use crate::simd::{Isa, Kernel};
use crate::team::{Pool, Team, Threads};

/// `len` values in -1..1, the same for the same seed.
fn values(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// `values`, often with a few among them that are not finite.
fn wild_values(len: usize, seed: u32) -> Vec<f32> {
    let mut values = values(len, seed);
    for (i, wild) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY].into_iter().enumerate() {
        let at = (seed >> (8 * i)) as usize % (2 * len);
        if let Some(value) = values.get_mut(at) {
            *value = wild;
        }
    }
    values
}

/// `image`, C×`pixels`, with `lanes` channels per block, and NaN in the unused lanes.
fn with_lanes(lanes: usize, pixels: usize, image: &[f32]) -> Vec<f32> {
    let channels = image.len() / pixels;
    if lanes == 1 {
        return image.to_vec();
    }
    let mut blocked = layout::reference_block(channels, pixels, image);
    for (i, value) in blocked.iter_mut().enumerate() {
        if i / LANES / pixels * LANES + i % LANES >= channels {
            *value = f32::NAN;
        }
    }
    blocked
}

/// The real lanes of a blocked image.
fn planar(channels: usize, pixels: usize, blocked: &[f32]) -> Vec<f32> {
    let at = |channel, pixel| (channel / LANES * pixels + pixel) * LANES + channel % LANES;
    (0..channels * pixels).map(|i| blocked[at(i / pixels, i % pixels)]).collect()
}

fn blocked_len(channels: usize, pixels: usize) -> usize {
    channels.div_ceil(LANES) * pixels * LANES
}

/// What a kernel, a function of its output, writes to `$len` values, by instruction set: the same bits with each [`team`].
macro_rules! outputs {
    ($len:expr, |$dst:ident| $kernel:expr) => {
        Isa::available().into_iter().map(|isa| {
            let [alone, output] = [true, false].map(|alone| {
                ALONE.set(alone);
                let mut output = vec![f32::NAN; $len];
                let $dst = &mut output[..];
                run(isa, $kernel);
                output
            });
            assert!(alone.iter().zip(&output).all(|(a, b)| a.to_bits() == b.to_bits()), "threads, {isa}");
            (isa, output)
        })
    };
}

thread_local! {
    /// Whether [`team`] is a single thread.
    static ALONE: Cell<bool> = const { Cell::new(false) };
}

/// Three threads, or one.
fn team() -> Team<'static> {
    static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(3));
    if ALONE.get() { Team::ALONE } else { Team::new(&POOL) }
}

const ACTIVATIONS: [Activation; 4] = [Activation::Identity, Activation::Relu, Activation::Relu6, Activation::HardSwish];

/// Applies an activation's reference.
fn activate(activation: Activation, values: &mut [f32]) {
    let function = match activation {
        Activation::Identity => |x| x,
        Activation::Relu => |x: f64| if x < 0.0 { 0.0 } else { x },
        Activation::Relu6 => relu6::reference,
        Activation::HardSwish => hardswish::reference,
    };
    for value in values {
        *value = function(f64::from(*value)) as f32;
    }
}

mod activations;
mod batchnorm;
mod convolution;
mod gradients;
mod norms;
mod transposed;

fn run(isa: Isa, kernel: impl Kernel) {
    isa.token().expect("an available instruction set has a token").dispatch(kernel);
}

/// Fails unless the values are equal but for rounding, where sums of `terms` values are at stake.
#[track_caller]
fn assert_close(isa: Isa, actual: &[f32], expected: &[f32], terms: usize) {
    assert_eq!(actual.len(), expected.len());
    for (i, (&a, &e)) in actual.iter().zip(expected).enumerate() {
        let close = a == e || a.is_nan() && e.is_nan() || (a - e).abs() <= 1e-6 * terms as f32;
        assert!(close, "{isa}: value {i} is {a}, expected {e}");
    }
}

/// An image's sizes along one axis, and a kernel's that fits.
#[derive(Clone, Copy, Debug)]
struct Axis {
    size: usize,
    padded: usize,
    before: usize,
    outputs: usize,
    kernel: usize,
    stride: usize,
    dilation: usize,
}

prop_compose! {
    fn axis()(
        size in 1..20usize, before in 0..3usize, after in 0..4usize,
        kernel in 1..5usize, stride in 1..6usize, dilation in 1..4usize,
    ) -> Axis {
        let reach = (kernel - 1) * dilation + 1;
        let padded = (before + size + after).max(reach);
        let outputs = (padded - reach) / stride + 1;
        Axis { size, padded, before, outputs, kernel, stride, dilation }
    }
}

prop_compose! {
    fn pool2d(max: bool)(
        channels in 1..20usize,
        sizes in [1..9usize, 1..24usize],
        kernel in [1..5usize, 1..5usize],
        stride in [1..5usize, 1..5usize],
        dilation in if max { [1..4usize, 1..4usize] } else { [1..2usize, 1..2usize] },
        padding in [0..3usize, 0..3usize],
        ceil_mode: bool,
    ) -> Pool2d {
        let padding = [0, 1].map(|axis| padding[axis].min(kernel[axis] / 2));
        let reach = [0, 1].map(|axis| (kernel[axis] - 1) * dilation[axis] + 1);
        let sizes = [0, 1].map(|axis| sizes[axis].max(reach[axis] - 2 * padding[axis]));
        let outputs = [0, 1].map(|axis| {
            let steps = sizes[axis] + 2 * padding[axis] - reach[axis];
            let outputs = 1 + if ceil_mode {
                steps.div_ceil(stride[axis])
            } else {
                steps / stride[axis]
            };
            // PyTorch: the last window begins inside the image or the padding before it.
            let beyond = (outputs - 1) * stride[axis] >= sizes[axis] + padding[axis];
            outputs - usize::from(ceil_mode && beyond)
        });
        Pool2d {
            channels,
            in_height: sizes[0],
            in_width: sizes[1],
            out_height: outputs[0],
            out_width: outputs[1],
            kernel,
            stride,
            padding,
            dilation,
        }
    }
}

/// A blocked image for `shape`, with unused lanes NaN, and the same planar. Not all images have values that are not finite.
fn pool_input(shape: &Pool2d, seed: u32) -> (Vec<f32>, Vec<f32>) {
    let pixels = shape.in_height * shape.in_width;
    let image = if seed.is_multiple_of(2) { wild_values } else { values }(shape.channels * pixels, seed);
    (with_lanes(LANES, pixels, &image), image)
}

fn check_pool(shape: &Pool2d, expected: &[f32], outputs: impl Iterator<Item = (Isa, Vec<f32>)>, terms: usize) {
    for (isa, output) in outputs {
        let output = planar(shape.channels, shape.out_height * shape.out_width, &output);
        assert_close(isa, &output, expected, terms);
    }
}

fn check_fc<const ROWS: usize, const ROWS16: usize>(
    [channels, pixels, lanes, outputs]: [usize; 4],
    seed: u32,
    activation: Activation,
) {
    let inputs = channels * pixels;
    let inputs_of = [wild_values(inputs, seed), wild_values(inputs, seed ^ 3)];
    let weight = values(outputs * inputs, seed ^ 1);
    let bias = seed.is_multiple_of(2).then(|| values(outputs, seed ^ 2));
    let mut expected =
        inputs_of.iter().flat_map(|input| fc::reference(input, &weight, bias.as_deref())).collect::<Vec<_>>();
    activate(activation, &mut expected);
    let src = &inputs_of.iter().flat_map(|input| with_lanes(lanes, pixels, input)).collect::<Vec<_>>();
    let weights = &mut vec![f32::NAN; fc_packed_len(inputs, outputs)];
    pack_fc(channels, pixels, lanes, outputs, &weight, bias.as_deref(), weights);
    let (vectors, team) = (2, team());
    for (isa, output) in outputs!(2 * outputs, |dst| {
        Fc::<_, ROWS, ROWS16> { channels, pixels, lanes, outputs, vectors, team, activation, src, weights, dst }
    }) {
        assert_close(isa, &output, &expected, inputs + 1);
    }
}

#[test]
fn large_fc_in_blocks() {
    check_large_fc([3, 5, LANES, 1100], 7);
    check_large_fc([33, 1, 1, 2500], 8);
}

/// A layer whose weights differ in size by many powers of two, from output to output, in each arithmetic.
fn check_large_fc([channels, pixels, lanes, outputs]: [usize; 4], seed: u32) {
    let inputs = channels * pixels;
    let mut inputs_of = [values(inputs, seed), values(inputs, seed ^ 3)];
    activate(Activation::Relu, &mut inputs_of[0]);
    // Of what is beyond the range of halves, and of what is below it.
    let power = |o: usize| 2f32.powi((o as i32 % 7 - 3) * 12);
    let mut weight = values(outputs * inputs, seed ^ 1);
    for (i, weight) in weight.iter_mut().enumerate() {
        *weight *= power(i / inputs);
    }
    let bias = seed.is_multiple_of(2).then(|| values(outputs, seed ^ 2));
    let src = &inputs_of.iter().flat_map(|input| with_lanes(lanes, pixels, input)).collect::<Vec<_>>();
    let (vectors, team, activation) = (2, team(), Activation::Identity);
    for arithmetic in [Arithmetic::Fast, Arithmetic::Strict, Arithmetic::Half] {
        // Halves have eleven digits: what is rounded is the size of the largest weight of an output.
        let digits = if arithmetic == Arithmetic::Half { 11 } else { 20 };
        let mut scratch = vec![f32::NAN; 2 * inputs];
        let weights = &mut vec![f32::NAN; large_fc_packed_len(inputs, outputs)];
        pack_large_fc(arithmetic, channels, pixels, lanes, outputs, &weight, bias.as_deref(), weights);
        for (isa, output) in outputs!(2 * outputs, |dst| {
            let scratch = &mut scratch[..];
            LargeFc {
                arithmetic,
                channels,
                pixels,
                lanes,
                outputs,
                vectors,
                team,
                activation,
                src,
                weights,
                scratch,
                dst,
            }
        }) {
            for (input, output) in inputs_of.iter().zip(output.chunks_exact(outputs)) {
                let expected = fc::reference(input, &weight, bias.as_deref());
                for (o, (actual, expected)) in output.iter().zip(expected).enumerate() {
                    let tolerance = 0.5f32.powi(digits) * (inputs as f32 * power(o) + 1.0);
                    assert!(
                        (actual - expected).abs() <= tolerance,
                        "{isa}, {arithmetic:?}: output {o} is {actual}, expected {expected}"
                    );
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn pad(channels in 1..20usize, [y, x] in [axis(), axis()], seed: u32) {
        let [height, width] = [y.size, x.size];
        let [top, left] = [y.before, x.before];
        let [padded_height, padded_width] = [y.padded, x.padded];
        let padded = [padded_height, padded_width];
        let image = values(channels * height * width, seed);
        let expected =
            layout::reference_pad([channels, height, width], [top, left], padded, &image);
        for (isa, output) in outputs!(expected.len(), |dst| Pad::<_, 1> {
            blocks: channels, height, width, top, left, padded_height, padded_width, team: team(),
            src: &image, dst
        }) {
            assert_close(isa, &output, &expected, 0);
        }
        let blocked = with_lanes(LANES, height * width, &image);
        for (isa, output) in outputs!(blocked_len(channels, product(padded)), |dst| Pad::<_, 8> {
            blocks: channels.div_ceil(LANES), height, width, top, left, padded_height, padded_width, team: team(),
            src: &blocked, dst
        }) {
            assert_close(isa, &planar(channels, product(padded), &output), &expected, 0);
        }
    }

    #[test]
    fn block_and_unblock(channels in 1..20usize, pixels in 1..20usize, seed: u32) {
        let image = &values(channels * pixels, seed);
        let blocked = &layout::reference_block(channels, pixels, image);
        for (isa, output) in
            outputs!(blocked.len(), |dst| Block { channels, pixels, src: image, dst })
        {
            assert_close(isa, &output, blocked, 0);
        }
        for (isa, output) in
            outputs!(image.len(), |dst| Unblock { channels, pixels, src: blocked, dst })
        {
            assert_close(isa, &output, image, 0);
        }
        for (isa, output) in outputs!(image.len(), |dst| Copy { src: image, dst }) {
            assert_close(isa, &output, image, 0);
        }
    }

    #[test]
    fn max_pool(shape in pool2d(true), seed: u32) {
        let (src, image) = &pool_input(&shape, seed);
        let len = blocked_len(shape.channels, shape.out_height * shape.out_width);
        let outputs = outputs!(len, |dst| MaxPool { shape, team: team(), src, dst });
        check_pool(&shape, &maxpool::reference(&shape, image), outputs, 0);
    }

    #[test]
    fn avg_pool(shape in pool2d(false), count_include_pad: bool, seed: u32) {
        let (src, image) = &pool_input(&shape, seed);
        let len = blocked_len(shape.channels, shape.out_height * shape.out_width);
        let outputs = outputs!(len, |dst| AvgPool { shape, count_include_pad, team: team(), src, dst });
        check_pool(&shape, &avgpool::reference(&shape, count_include_pad, image), outputs, 2);
    }

    #[test]
    fn adaptive_pools(
        channels in 1..20usize, input in [1..12usize, 1..12usize], output in [1..15usize, 1..15usize], seed: u32,
    ) {
        let image = wild_values(channels * product(input), seed);
        let src = &with_lanes(LANES, product(input), &image);
        let len = blocked_len(channels, product(output));
        let expected = adaptive::reference_avg(channels, input, output, &image);
        for (isa, actual) in outputs!(len, |dst| AdaptiveAvgPool { channels, input, output, src, dst }) {
            assert_close(isa, &planar(channels, product(output), &actual), &expected, 2);
        }
        let expected = adaptive::reference_max(channels, input, output, &image);
        for (isa, actual) in outputs!(len, |dst| AdaptiveMaxPool { channels, input, output, src, dst }) {
            assert_close(isa, &planar(channels, product(output), &actual), &expected, 0);
        }
    }

    #[test]
    fn upsample(
        channels in 1..20usize, input in [1..8usize, 1..8usize], scale in [1..5usize, 1..5usize],
        corners: bool, seed: u32,
    ) {
        let image = wild_values(channels * product(input), seed);
        let src = &with_lanes(LANES, product(input), &image);
        let pixels = product(input) * product(scale);
        let expected = upsample::reference_nearest(channels, input, scale, &image);
        for (isa, output) in outputs!(blocked_len(channels, pixels), |dst| Nearest { channels, input, scale, src, dst }) {
            assert_close(isa, &planar(channels, pixels, &output), &expected, 0);
        }
        // A blend of what is not finite depends on rounding.
        let image = values(image.len(), seed);
        let src = &with_lanes(LANES, product(input), &image);
        let expected = upsample::reference_bilinear(channels, input, scale, corners, &image);
        for (isa, output) in
            outputs!(blocked_len(channels, pixels), |dst| Bilinear { channels, input, scale, corners, src, dst })
        {
            assert_close(isa, &planar(channels, pixels, &output), &expected, 2);
        }
    }

    #[test]
    fn shuffle(groups in 1..9usize, size in 1..9usize, pixels in 1..10usize, seed: u32) {
        let channels = groups * size;
        let image = wild_values(channels * pixels, seed);
        let src = &with_lanes(LANES, pixels, &image);
        let expected = shuffle::reference(channels, groups, pixels, &image);
        for (isa, output) in outputs!(src.len(), |dst| Shuffle { channels, groups, pixels, src, dst }) {
            assert_close(isa, &planar(channels, pixels, &output), &expected, 0);
        }
    }

    #[test]
    fn add(len in 1..40usize, activation in select(&ACTIVATIONS[..]), seed: u32) {
        let [a, b] = &[wild_values(len, seed), wild_values(len, seed ^ 1)];
        let mut expected = residual::reference(a, b);
        activate(activation, &mut expected);
        for (isa, output) in outputs!(len, |dst| Add { activation, a, b, dst }) {
            // A division by six is a multiplication there.
            assert_close(isa, &output, &expected, usize::from(activation == Activation::HardSwish));
        }
    }

    #[test]
    fn scale(channels in 1..20usize, pixels in 1..12usize, per_value: bool, seed: u32) {
        let image = wild_values(channels * pixels, seed);
        if per_value {
            let factors = &wild_values(image.len(), seed ^ 1);
            let expected = scale::reference(1, &image, factors);
            for (isa, output) in outputs!(image.len(), |dst| Scale { pixels: 1, src: &image, factors, dst }) {
                assert_close(isa, &output, &expected, 0);
            }
        } else {
            let factors = wild_values(channels, seed ^ 1);
            let expected = scale::reference(pixels, &image, &factors);
            let (src, factors) = (&with_lanes(LANES, pixels, &image), &with_lanes(LANES, 1, &factors));
            for (isa, output) in outputs!(src.len(), |dst| Scale { pixels, src, factors, dst }) {
                assert_close(isa, &planar(channels, pixels, &output), &expected, 0);
            }
        }
    }

    #[test]
    fn copy_channels(
        [before, channels, after] in [0..20usize, 1..20usize, 0..20usize],
        dst_channel in 0..20usize, dst_after in 0..20usize, pixels in 1..10usize, seed: u32,
    ) {
        let image = wild_values((before + channels + after) * pixels, seed);
        let src = &with_lanes(LANES, pixels, &image);
        let dst_channels = dst_channel + channels + dst_after;
        // What lies in the other channels stays.
        let mut expected = vec![f32::NAN; dst_channels * pixels];
        expected[dst_channel * pixels..][..channels * pixels]
            .copy_from_slice(&concat::reference(before, channels, pixels, &image));
        for (isa, output) in outputs!(blocked_len(dst_channels, pixels), |dst| CopyChannels {
            src_channel: before, dst_channel, channels, pixels, src, dst
        }) {
            assert_close(isa, &planar(dst_channels, pixels, &output), &expected, 0);
        }
    }

    #[test]
    fn fc(
        channels in 1..40usize, pixels in 1..12usize, lanes in select(vec![1, LANES]),
        outputs in 1..40usize, seed: u32, activation in select(&ACTIVATIONS[..]),
    ) {
        let sizes = [channels, pixels, lanes, outputs];
        check_fc::<1, 1>(sizes, seed, activation);
        check_fc::<2, 1>(sizes, seed, activation);
        check_fc::<3, 2>(sizes, seed, activation);
        check_fc::<4, 3>(sizes, seed, activation);
        check_fc::<8, 4>(sizes, seed, activation);
    }

    #[test]
    fn large_fc(
        channels in 1..40usize, pixels in 1..12usize, lanes in select(vec![1, LANES]), outputs in 1..80usize, seed: u32,
    ) {
        let sizes = [channels, pixels, lanes, outputs];
        check_large_fc(sizes, seed);
    }

    #[test]
    fn lrn(channels in 1..20usize, pixels in 1..8usize, size in 1..9usize, seed: u32, alpha in 0.0f32..2.0) {
        let src = &values(channels * pixels, seed);
        let (beta, k) = (0.75, 1.5);
        let expected = lrn::reference([channels, pixels, size], [alpha, beta, k], src);
        for (isa, output) in outputs!(src.len(), |dst| Lrn { channels, pixels, size, alpha, beta, k, src, dst }) {
            assert_close(isa, &output, &expected, 1);
        }
    }

    #[test]
    fn softmax(channels in 1..20usize, pixels in 1..8usize, seed: u32, scale in 0.1f32..200.0) {
        let src = &mut wild_values(channels * pixels, seed);
        for x in &mut *src {
            *x *= scale;
        }
        let expected = softmax::reference(channels, pixels, src);
        for (isa, output) in outputs!(src.len(), |dst| Softmax { channels, pixels, src, dst }) {
            assert_close(isa, &output, &expected, 2);
        }
        let expected = logsoftmax::reference(channels, pixels, src);
        let largest = expected.iter().filter(|x| x.is_finite()).fold(1.0, |max, x| x.abs().max(max));
        for (isa, output) in outputs!(src.len(), |dst| LogSoftmax { channels, pixels, src, dst }) {
            assert_close(isa, &output, &expected, largest.ceil() as usize);
        }
    }
}

#[test]
fn logsoftmax_of_nothing_but_negative_infinity_is_nan() {
    let src = &[f32::NEG_INFINITY; 3];
    for (isa, output) in outputs!(3, |dst| LogSoftmax { channels: 3, pixels: 1, src, dst }) {
        assert_close(isa, &output, &[f32::NAN; 3], 0);
    }
}

#[test]
fn softmax_of_nothing_but_negative_infinity_is_nan() {
    let src = &[f32::NEG_INFINITY; 3];
    for (isa, output) in outputs!(3, |dst| Softmax { channels: 3, pixels: 1, src, dst }) {
        assert_close(isa, &output, &[f32::NAN; 3], 0);
    }
}

/// PyTorch accepts `MaxPool2d((1, 2), stride=(1, 4), padding=(0, 1), dilation=(1, 5), ceil_mode=True)` of 2×2 pixels, and no
/// tap meets one.
#[test]
fn maxpool_of_windows_without_pixels() {
    let (kernel, stride, padding, dilation) = ([1, 2], [1, 4], [0, 1], [1, 5]);
    let shape = Pool2d {
        channels: 3,
        in_height: 2,
        in_width: 2,
        out_height: 2,
        out_width: 1,
        kernel,
        stride,
        padding,
        dilation,
    };
    let (src, image) = &pool_input(&shape, 1);
    assert_eq!(maxpool::reference(&shape, image), [f32::NEG_INFINITY; 6]);
    let outputs = outputs!(2 * LANES, |dst| MaxPool { shape, team: team(), src, dst });
    check_pool(&shape, &[f32::NEG_INFINITY; 6], outputs, 0);
}

#[test]
#[should_panic = "left == right"]
fn fc_rejects_short_weights() {
    let (src, weights, dst) = (&[0.0; 4], &[0.0; 39], &mut [0.0; 8]);
    let kernel = Fc::<_, 1, 1> {
        channels: 4,
        pixels: 1,
        lanes: 1,
        outputs: 8,
        vectors: 1,
        team: team(),
        activation: Activation::Identity,
        src,
        weights,
        dst,
    };
    run(Isa::detect(), kernel);
}
