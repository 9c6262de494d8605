//! Convolutions, by every algorithm.

use super::*;

prop_compose! {
    fn conv2d()(
        [y, x] in [axis(), axis()],
        (groups, inputs, outputs) in prop_oneof![
            (Just(1), 1..20usize, 1..20usize),
            (1..20usize, Just(1), Just(1)),
            (2..4usize, 1..10usize, select(vec![1, 2, 5, 8, 16])),
        ],
    ) -> (Conv2d, [usize; 2]) {
        let shape = Conv2d {
            in_channels: groups * inputs,
            in_height: y.size,
            in_width: x.size,
            out_channels: groups * outputs,
            out_height: y.outputs,
            out_width: x.outputs,
            kernel: [y.kernel, x.kernel],
            stride: [y.stride, x.stride],
            padding: [y.before, x.before],
            dilation: [y.dilation, x.dilation],
            groups,
        };
        (shape, [y.padded, x.padded])
    }
}

/// A convolution's arguments, and what it should give.
struct ConvCase {
    shape: Conv2d,
    image: Vec<f32>,
    weight: Vec<f32>,
    bias: Option<Vec<f32>>,
    activation: Activation,
    /// What it gives before the activation.
    sums: Vec<f32>,
}

impl ConvCase {
    /// Pads the image beforehand, or leaves that to the kernel.
    fn new(shape: Conv2d, padded: Option<[usize; 2]>, image: &[f32], seed: u32) -> Self {
        let weight = values(shape.out_channels * (shape.in_channels / shape.groups) * product(shape.kernel), seed ^ 1);
        let bias = seed.is_multiple_of(2).then(|| values(shape.out_channels, seed ^ 2));
        let activation = ACTIVATIONS[seed as usize / 2 % 4];
        let sums = conv::reference(&shape, image, &weight, bias.as_deref());
        let image = image.to_vec();
        let Some(padded) = padded else { return Self { shape, image, weight, bias, activation, sums } };
        let image =
            layout::reference_pad([shape.in_channels, shape.in_height, shape.in_width], shape.padding, padded, &image);
        let [in_height, in_width] = padded;
        let shape = Conv2d { in_height, in_width, padding: [0, 0], ..shape };
        Self { shape, image, weight, bias, activation, sums }
    }

    fn packed(&self, lanes: usize) -> Vec<f32> {
        let mut packed = vec![f32::NAN; conv_packed_len(&self.shape)];
        pack_conv(&self.shape, lanes, &self.weight, self.bias.as_deref(), &mut packed);
        packed
    }

    fn out_pixels(&self) -> usize {
        self.shape.out_height * self.shape.out_width
    }

    /// Rows and columns of the output where it is pooled, if there are any.
    fn pooled(&self, pool: usize) -> Option<[usize; 2]> {
        let size = [self.shape.out_height / pool, self.shape.out_width / pool];
        (product(size) > 0).then_some(size)
    }

    /// What is added to the sums, in PyTorch's order and as a kernel takes it; nothing unless `added`.
    fn residual(&self, added: bool) -> (Vec<f32>, Vec<f32>) {
        let added = if added { values(self.sums.len(), 1) } else { Vec::new() };
        let residual = if added.is_empty() { Vec::new() } else { with_lanes(LANES, self.out_pixels(), &added) };
        (added, residual)
    }

    /// Fails unless the largest error is at most `bound` of the root mean square of the sums.
    fn check_rounding(&self, what: &str, bound: f64, outputs: impl Iterator<Item = (Isa, Vec<f32>)>) {
        let sums = &self.sums;
        let rms = (sums.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / sums.len() as f64).sqrt();
        for (isa, output) in outputs {
            let output = planar(self.shape.out_channels, self.out_pixels(), &output);
            let apart = output.iter().zip(sums).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max);
            println!("{what} on {isa}: {:.1e}", apart / rms);
            assert!(apart / rms <= bound, "{what} on {isa}: {:.1e}", apart / rms);
        }
    }

    /// Compares outputs with the sums, to which `residual` is added if it is not empty, and which are pooled if that is more than 1.
    fn check(&self, outputs: impl Iterator<Item = (Isa, Vec<f32>)>, residual: &[f32], pool: usize) {
        let Self { shape, activation, sums, .. } = self;
        let mut expected = if residual.is_empty() { sums.clone() } else { residual::reference(sums, residual) };
        activate(*activation, &mut expected);
        let [height, width] = self.pooled(pool).unwrap();
        let windows = Pool2d {
            channels: shape.out_channels,
            in_height: shape.out_height,
            in_width: shape.out_width,
            out_height: height,
            out_width: width,
            kernel: [pool; 2],
            stride: [pool; 2],
            padding: [0; 2],
            dilation: [1; 2],
        };
        let expected = maxpool::reference(&windows, &expected);
        for (isa, output) in outputs {
            let output = planar(shape.out_channels, height * width, &output);
            assert_close(isa, &output, &expected, conv_packed_len(shape) / shape.out_channels);
        }
    }

    fn check_tile<
        const L: usize,
        const POOL: usize,
        const ROWS: usize,
        const PIXELS: usize,
        const ROWS16: usize,
        const PIXELS16: usize,
    >(
        &self,
        strip: usize,
        added: bool,
    ) {
        let Self { shape, activation, .. } = *self;
        let Some(pooled) = self.pooled(POOL) else { return };
        let (added, residual) = &self.residual(added && POOL == 1);
        let src = &with_lanes(L, shape.in_height * shape.in_width, &self.image);
        let weights = &self.packed(L);
        let outputs = outputs!(blocked_len(shape.out_channels, product(pooled)), |dst| {
            Conv::<_, _, L, POOL, ROWS, PIXELS, ROWS16, PIXELS16> {
                shape,
                strip,
                team: team(),
                activation,
                residual,
                src,
                weights,
                dst,
            }
        });
        self.check(outputs, added, POOL);
    }

    /// The same for the image as it was before it was padded, whose sizes and padding `unpadded` has.
    fn check_padded<const POOL: usize, const ROWS: usize, const PIXELS: usize>(
        &self,
        image: &[f32],
        unpadded: Conv2d,
        strip: usize,
    ) {
        let Self { shape, activation, .. } = *self;
        let (Some(pooled), weights) = (self.pooled(POOL), &self.packed(1)) else { return };
        let Conv2d { in_height: height, in_width: width, padding: [top, left], .. } = unpadded;
        let mut scratch = vec![f32::NAN; team().threads() * self.image.len()];
        let outputs = outputs!(blocked_len(shape.out_channels, product(pooled)), |dst| {
            let (scratch, src) = (&mut scratch[..], image);
            PaddedConv::<_, _, POOL, ROWS, PIXELS, ROWS, PIXELS> {
                shape,
                height,
                width,
                top,
                left,
                strip,
                team: team(),
                activation,
                src,
                weights,
                scratch,
                dst,
            }
        });
        self.check(outputs, &[], POOL);
    }

    fn check_winograd<
        const TILE: usize,
        const PATCH: usize,
        const POOL: usize,
        const ROWS: usize,
        const TILES: usize,
        const ROWS16: usize,
        const TILES16: usize,
    >(
        &self,
        strip: usize,
        added: bool,
    ) {
        let Self { shape, activation, .. } = *self;
        let Some(pooled) = self.pooled(POOL) else { return };
        let (added, residual) = &self.residual(added && POOL == 1);
        let src = &with_lanes(LANES, shape.in_height * shape.in_width, &self.image);
        for arithmetic in [Arithmetic::Fast, Arithmetic::Strict] {
            let weights = &mut vec![f32::NAN; winograd_packed_len(&shape, PATCH)];
            pack_winograd(&shape, PATCH, arithmetic, &self.weight, self.bias.as_deref(), weights);
            let mut scratch =
                vec![f32::NAN; team().threads() * winograd_scratch_len(&shape, PATCH, strip, ROWS.max(2 * ROWS16))];
            let outputs = outputs!(blocked_len(shape.out_channels, product(pooled)), |dst| {
                let scratch = &mut scratch[..];
                Winograd::<_, _, TILE, PATCH, POOL, ROWS, TILES, ROWS16, TILES16> {
                    arithmetic,
                    shape,
                    strip,
                    team: team(),
                    activation,
                    residual,
                    src,
                    weights,
                    scratch,
                    dst,
                }
            });
            self.check(outputs, added, POOL);
        }
    }

    fn check_strassen<const ROWS: usize, const PIXELS: usize, const ROWS16: usize, const PIXELS16: usize>(
        &self,
        strip: usize,
        added: bool,
    ) {
        let Self { shape, activation, .. } = *self;
        let (added, residual) = &self.residual(added);
        let src = &with_lanes(LANES, shape.in_height * shape.in_width, &self.image);
        for arithmetic in [Arithmetic::Fast, Arithmetic::Strict] {
            let weights = &mut vec![f32::NAN; strassen_packed_len(&shape)];
            pack_strassen(&shape, &self.weight, self.bias.as_deref(), weights);
            sum_filters(&shape, arithmetic, weights);
            let mut scratch =
                vec![f32::NAN; team().threads() * strassen_scratch_len(&shape, strip, ROWS.max(2 * ROWS16))];
            let outputs = outputs!(blocked_len(shape.out_channels, self.out_pixels()), |dst| {
                let scratch = &mut scratch[..];
                Strassen::<_, ROWS, PIXELS, ROWS16, PIXELS16> {
                    arithmetic,
                    shape,
                    strip,
                    team: team(),
                    activation,
                    residual,
                    src,
                    weights,
                    scratch,
                    dst,
                }
            });
            self.check(outputs, added, 1);
        }
    }

    fn check_depthwise(&self) {
        let Self { shape, activation, .. } = *self;
        let src = &with_lanes(LANES, shape.in_height * shape.in_width, &self.image);
        let weights = &self.packed(1);
        let outputs = outputs!(blocked_len(shape.out_channels, self.out_pixels()), |dst| {
            Depthwise { shape, team: team(), activation, src, weights, dst }
        });
        self.check(outputs, &[], 1);
    }

    fn check_grouped<const L: usize>(&self) {
        let Self { shape, activation, .. } = *self;
        let src = &with_lanes(L, shape.in_height * shape.in_width, &self.image);
        let weights = &self.packed(1);
        let outputs = outputs!(blocked_len(shape.out_channels, self.out_pixels()), |dst| {
            GroupedConv::<_, L> { shape, team: team(), activation, src, weights, dst }
        });
        self.check(outputs, &[], 1);
    }
}

proptest! {
    #[test]
    fn conv((shape, padded) in conv2d(), seed: u32) {
        let image = &wild_values(shape.in_channels * shape.in_height * shape.in_width, seed);
        let case = ConvCase::new(shape, Some(padded), image, seed);
        let inside = ConvCase::new(shape, None, image, seed);
        if shape.groups == 1 || (shape.out_channels / shape.groups).is_multiple_of(LANES) {
            case.check_tile::<1, 1, 1, 1, 1, 1>(1, false);
            case.check_tile::<1, 1, 1, 7, 1, 14>(10, true);
            case.check_tile::<1, 1, 2, 5, 2, 6>(1000, false);
            case.check_tile::<8, 1, 1, 8, 2, 7>(1000, true);
            inside.check_tile::<8, 1, 2, 6, 4, 6>(1000, true);
            inside.check_tile::<8, 1, 3, 3, 1, 4>(10, false);
            inside.check_tile::<8, 1, 4, 2, 3, 2>(1, true);
            inside.check_tile::<8, 1, 4, 3, 2, 1>(20, true);
            if shape.groups == 1 {
                case.check_padded::<1, 2, 4>(image, shape, 20);
                case.check_padded::<2, 1, 8>(image, shape, 1000);
            }
            case.check_tile::<1, 2, 1, 8, 1, 14>(1000, false);
            case.check_tile::<1, 2, 2, 6, 2, 2>(8, false);
            inside.check_tile::<8, 2, 1, 6, 3, 4>(1000, false);
            inside.check_tile::<8, 2, 4, 4, 4, 4>(30, false);
        }
        case.check_grouped::<1>();
        inside.check_grouped::<8>();
        if shape.groups == shape.in_channels && shape.groups == shape.out_channels {
            inside.check_depthwise();
        }
    }

    #[test]
    fn winograd(
        [inputs, outputs] in [1..20usize, 1..40usize], sizes in [1..10usize, 1..10usize], padding in [0..3usize, 0..3usize],
        taps in select(vec![3, 5]), strip in 1..12usize, added: bool, seed: u32,
    ) {
        let [height, width] = [0, 1].map(|axis| sizes[axis].max(taps - (2 * padding[axis]).min(taps - 1)));
        let shape = Conv2d {
            in_channels: inputs,
            in_height: height,
            in_width: width,
            out_channels: outputs,
            out_height: height + 2 * padding[0] + 1 - taps,
            out_width: width + 2 * padding[1] + 1 - taps,
            kernel: [taps, taps],
            stride: [1, 1],
            padding,
            dilation: [1, 1],
            groups: 1,
        };
        // Values that are not finite would mix with others.
        let case = ConvCase::new(shape, None, &values(inputs * height * width, seed), seed);
        if taps == 5 {
            case.check_winograd::<2, 6, 1, 4, 3, 4, 6>(strip, added);
            case.check_winograd::<2, 6, 1, 1, 8, 1, 1>(strip, added);
            case.check_winograd::<2, 6, 2, 2, 5, 1, 7>(strip, false);
        } else {
            case.check_winograd::<4, 6, 1, 2, 6, 4, 6>(strip, added);
            case.check_winograd::<4, 6, 1, 4, 3, 2, 8>(strip, added);
            case.check_winograd::<4, 6, 1, 1, 8, 1, 1>(strip, added);
            case.check_winograd::<2, 4, 1, 2, 6, 4, 6>(strip, added);
            case.check_winograd::<2, 4, 1, 1, 8, 2, 8>(strip, added);
            case.check_winograd::<4, 6, 2, 2, 6, 4, 6>(strip, false);
            case.check_winograd::<2, 4, 2, 2, 6, 2, 8>(strip, false);
        }
    }
}

proptest! {
    #[test]
    fn depthwise(
        channels in 1..20usize, kernel in (1..4usize, select(vec![1, 2, 3, 5, 7])).prop_map(|(y, x)| [y, x]), stride in [1..3usize, 1..4usize],
        dilation in select(vec![1, 1, 1, 2]), padding in [0..3usize, 0..9usize], size in [1..6usize, 1..40usize], seed: u32,
    ) {
        let reach = [0, 1].map(|axis| (kernel[axis] - 1) * dilation + 1);
        let size = [0, 1].map(|axis| size[axis].max(reach[axis].saturating_sub(2 * padding[axis])));
        let out = [0, 1].map(|axis| (size[axis] + 2 * padding[axis] - reach[axis]) / stride[axis] + 1);
        let shape = Conv2d {
            in_channels: channels,
            in_height: size[0],
            in_width: size[1],
            out_channels: channels,
            out_height: out[0],
            out_width: out[1],
            kernel,
            stride,
            padding,
            dilation: [dilation; 2],
            groups: channels,
        };
        ConvCase::new(shape, None, &wild_values(channels * size[0] * size[1], seed), seed).check_depthwise();
    }
}

/// 1×1 with stride 1, whose pixels are one row.
fn pointwise([inputs, outputs, pixels]: [usize; 3], image: &[f32], seed: u32) -> ConvCase {
    let shape = Conv2d {
        in_channels: inputs,
        in_height: 1,
        in_width: pixels,
        out_channels: outputs,
        out_height: 1,
        out_width: pixels,
        kernel: [1, 1],
        stride: [1, 1],
        padding: [0, 0],
        dilation: [1, 1],
        groups: 1,
    };
    ConvCase::new(shape, None, image, seed)
}

proptest! {
    #[test]
    fn pointwise_convolutions(sizes in [1..40usize, 1..80usize, 1..50usize], strip in 1..60usize, added: bool, seed: u32) {
        let case = pointwise(sizes, &wild_values(sizes[0] * sizes[2], seed), seed);
        case.check_tile::<8, 1, 4, 3, 4, 6>(strip, added);
        case.check_tile::<8, 1, 2, 6, 2, 8>(strip, added);
        case.check_tile::<8, 1, 1, 8, 1, 8>(strip, added);
    }
}

proptest! {
    #[test]
    fn strassen(inputs in 1..6usize, outputs in 1..5usize, pixels in 16..70usize, strip in 1..40usize, added: bool, seed: u32) {
        let sizes = [16 * inputs, 32 * outputs, pixels];
        let case = pointwise(sizes, &values(sizes[0] * pixels, seed), seed);
        case.check_strassen::<4, 3, 2, 7>(strip, added);
        case.check_strassen::<2, 6, 5, 5>(strip, added);
        case.check_strassen::<1, 8, 1, 8>(strip, added);
        case.check_strassen::<3, 3, 3, 7>(strip, added);
    }
}

/// So many channels in that not all weights of a tile stay in a cache.
#[test]
fn deep_convolutions() {
    for (inputs, outputs, padding) in [(210, 70, 0), (203, 16, 1), (400, 9, 2)] {
        let shape = Conv2d {
            in_channels: inputs,
            in_height: 8,
            in_width: 8,
            out_channels: outputs,
            out_height: 4 + 2 * padding,
            out_width: 4 + 2 * padding,
            kernel: [5, 5],
            stride: [1, 1],
            padding: [padding; 2],
            dilation: [1, 1],
            groups: 1,
        };
        let case = ConvCase::new(shape, None, &values(inputs * 64, 1), 3);
        case.check_tile::<8, 1, 2, 6, 4, 6>(1000, true);
        case.check_tile::<8, 1, 4, 3, 3, 7>(10, false);
    }
    for (inputs, outputs) in [(1603, 70), (1700, 16)] {
        let case = pointwise([inputs, outputs, 25], &values(inputs * 25, 1), 3);
        case.check_tile::<8, 1, 4, 3, 4, 6>(1000, true);
        case.check_tile::<8, 1, 4, 3, 4, 6>(12, false);
    }
}

/// The documented bound of every layer's error: 5e-5 of the outputs' root mean square.
#[test]
fn winograd_rounds_little() {
    for (channels, size) in [(16, 30), (64, 28), (256, 14), (512, 7)] {
        rounds_little::<4, 6>(channels, size, 5e-5);
        rounds_little::<2, 6>(channels, size, 5e-5);
        rounds_little::<2, 4>(channels, size, 5e-6);
    }
}

fn rounds_little<const TILE: usize, const PATCH: usize>(channels: usize, size: usize, bound: f64) {
    let taps = PATCH + 1 - TILE;
    let shape = Conv2d {
        in_channels: channels,
        in_height: size,
        in_width: size,
        out_channels: 64,
        out_height: size,
        out_width: size,
        kernel: [taps, taps],
        stride: [1, 1],
        padding: [taps / 2, taps / 2],
        dilation: [1, 1],
        groups: 1,
    };
    let image: Vec<f32> = values(channels * size * size, 5).into_iter().map(|x| x.max(0.0)).collect();
    let case = ConvCase::new(shape, None, &image, 1);
    let src = &with_lanes(LANES, size * size, &image);
    let weights = &mut vec![f32::NAN; winograd_packed_len(&shape, PATCH)];
    pack_winograd(&shape, PATCH, Arithmetic::Fast, &case.weight, None, weights);
    let mut scratch = vec![f32::NAN; team().threads() * winograd_scratch_len(&shape, PATCH, 16, 8)];
    let outputs = outputs!(blocked_len(64, size * size), |dst| Winograd::<_, _, TILE, PATCH, 1, 2, 6, 4, 6> {
        arithmetic: Arithmetic::Fast,
        shape,
        strip: 16,
        team: team(),
        activation: Activation::Identity,
        residual: &[],
        src,
        weights,
        scratch: &mut scratch[..],
        dst,
    });
    case.check_rounding(&format!("F({TILE}, {taps}), {channels} channels"), bound, outputs);
}

/// Less than half of the same bound.
#[test]
fn strassen_rounds_little() {
    for sizes in [[96, 576, 196], [1024, 256, 49], [512, 512, 17]] {
        let image: Vec<f32> = values(sizes[0] * sizes[2], 5).into_iter().map(|x| x.max(0.0)).collect();
        let case = pointwise(sizes, &image, 1);
        let shape = case.shape;
        let src = &with_lanes(LANES, sizes[2], &image);
        let weights = &mut vec![f32::NAN; strassen_packed_len(&shape)];
        pack_strassen(&shape, &case.weight, case.bias.as_deref(), weights);
        sum_filters(&shape, Arithmetic::Fast, weights);
        let mut scratch = vec![f32::NAN; team().threads() * strassen_scratch_len(&shape, 16, 4)];
        let outputs = outputs!(blocked_len(sizes[1], sizes[2]), |dst| Strassen::<_, 2, 6, 2, 7> {
            arithmetic: Arithmetic::Fast,
            shape,
            strip: 16,
            team: team(),
            activation: Activation::Identity,
            residual: &[],
            src,
            weights,
            scratch: &mut scratch[..],
            dst,
        });
        case.check_rounding(&format!("{sizes:?}"), 2e-5, outputs);
    }
}

/// A 2×2 image, 1 channel to 1, kernel 2×2.
const SMALL: Conv2d = Conv2d {
    in_channels: 1,
    in_height: 2,
    in_width: 2,
    out_channels: 1,
    out_height: 1,
    out_width: 1,
    kernel: [2, 2],
    stride: [1, 1],
    padding: [0, 0],
    dilation: [1, 1],
    groups: 1,
};

/// Runs a convolution whose slices have the right lengths.
fn run_conv(shape: Conv2d) {
    let src = &vec![0.0; shape.in_channels * shape.in_height * shape.in_width];
    let weights = &vec![0.0; conv_packed_len(&shape)];
    let dst = &mut vec![0.0; blocked_len(shape.out_channels, shape.out_height * shape.out_width)];
    run(
        Isa::detect(),
        Conv::<_, _, 1, 1, 1, 1, 1, 1> {
            shape,
            strip: 1,
            team: team(),
            activation: Activation::Identity,
            residual: &[],
            src,
            weights,
            dst,
        },
    );
}

#[test]
fn conv_accepts_taps_up_to_the_edge() {
    run_conv(SMALL);
}

#[test]
#[should_panic = "L == LANES || fits"]
fn conv_rejects_taps_beyond_the_edge() {
    run_conv(Conv2d { out_width: 2, ..SMALL });
}

#[test]
#[should_panic = "L == LANES || fits"]
fn conv_rejects_steps_that_overflow() {
    run_conv(Conv2d { out_height: 3, stride: [usize::MAX / 2 + 1, 1], ..SMALL });
}

#[test]
#[should_panic = "left == right"]
fn conv_rejects_a_short_output() {
    let weights = &vec![0.0; conv_packed_len(&SMALL)];
    let (src, dst) = (&[0.0; 4], &mut [0.0; 7]);
    run(
        Isa::detect(),
        Conv::<_, _, 1, 1, 1, 1, 1, 1> {
            shape: SMALL,
            strip: 1,
            team: team(),
            activation: Activation::Identity,
            residual: &[],
            src,
            weights,
            dst,
        },
    );
}
