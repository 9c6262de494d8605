//! Every operation while a net is trained: its values against the reference, its gradients against differences, and all
//! instruction sets against `f64`.

use super::transposed::transposed;
use super::*;
use crate::simd::Simd;
use crate::train::{Backward, BackwardOf, Double, Forward, ForwardOf, Images, InputGrad, Lanes, Op, Real, Values};

/// What the backward pass gets to see.
#[derive(Clone, Copy, PartialEq)]
enum Keeps {
    Nothing,
    Input,
    Output,
    Both,
}

/// An operation and what it reads, of a few images.
struct Case<O> {
    op: O,
    keeps: Keeps,
    params: Vec<f64>,
    /// Of each image, each input.
    inputs: Vec<Vec<Vec<f64>>>,
    output_len: usize,
    seed: u32,
}

/// What an operation makes of a group of images.
struct Made<V> {
    output: Vec<V>,
    input_grads: Vec<Vec<V>>,
    grads: Vec<f64>,
}

/// As many images as the widest register has lanes.
const IMAGES: usize = 16;

/// The index of the first one in its batch.
const FIRST: usize = 32;

fn doubles(values: Vec<f32>) -> Vec<f64> {
    values.into_iter().map(f64::from).collect()
}

impl<O: Op> Case<O> {
    /// Of inputs that `inputs` makes of a seed.
    fn new(
        op: O,
        keeps: Keeps,
        params: Vec<f32>,
        output_len: usize,
        seed: u32,
        inputs: impl Fn(u32) -> Vec<Vec<f32>>,
    ) -> Self {
        let images = (0..IMAGES as u32).map(|image| inputs(seed.wrapping_add(977 * image)));
        let inputs = images.map(|inputs| inputs.into_iter().map(doubles).collect()).collect();
        Self { op, keeps, params: doubles(params), inputs, output_len, seed }
    }

    /// The gradient with regard to an image's output.
    fn output_grad(&self, image: usize) -> Vec<f64> {
        doubles(values(self.output_len, self.seed ^ (0x5000 + image as u32)))
    }

    fn images(first: usize, count: usize) -> Images {
        Images { count, first: FIRST + first, batch: 100, draw: 0x1234_5678_9abc_def0 }
    }

    fn forward<L: Lanes>(
        &self,
        lanes: L,
        images: Images,
        params: &[f64],
        inputs: &[Vec<L::Values>],
    ) -> (Vec<L::Real>, Vec<L::Values>) {
        let params: Vec<L::Real> = params.iter().map(|&x| L::Real::of(x)).collect();
        let inputs: Vec<&[L::Values]> = inputs.iter().map(Vec::as_slice).collect();
        let mut output = vec![L::Values::each(|_| L::Real::of(f64::NAN)); self.output_len];
        let cx = Forward { images, params: &params, totals: &[], inputs: &inputs, output: &mut output };
        lanes.call(ForwardOf { op: self.op, layer: 0, watch: None, cx });
        (params, output)
    }

    /// Both passes of `count` images from `first` on; gradients of inputs are added to `begun` where there is one, and only of
    /// those that are `wanted`.
    fn make<L: Lanes>(
        &self,
        lanes: L,
        first: usize,
        count: usize,
        begun: Option<f64>,
        wanted: impl Fn(usize) -> bool,
    ) -> Made<L::Values> {
        let images = Self::images(first, count);
        // Of other lanes the values are finite, and the gradient is 0.
        let of = |lane: usize| &self.inputs[(first + lane) % IMAGES];
        let input = |k: usize| {
            let len = self.inputs[0][k].len();
            (0..len).map(|at| L::Values::each(|lane| L::Real::of(of(lane)[k][at]))).collect()
        };
        let inputs: Vec<Vec<L::Values>> = (0..self.inputs[0].len()).map(input).collect();
        let (params, output) = self.forward(lanes, images, &self.params, &inputs);
        let gradients: Vec<Vec<f64>> = (0..count).map(|lane| self.output_grad(first + lane)).collect();
        let gradient = |at: usize, lane: usize| if lane < count { gradients[lane][at] } else { 0.0 };
        let mut output_grad: Vec<L::Values> =
            (0..self.output_len).map(|at| L::Values::each(|lane| L::Real::of(gradient(at, lane)))).collect();
        let start = L::Values::each(|_| L::Real::of(begun.unwrap_or(f64::NAN)));
        let mut input_grads: Vec<Vec<L::Values>> =
            (0..inputs.len()).map(|k| if wanted(k) { vec![start; inputs[k].len()] } else { Vec::new() }).collect();
        let mut grads = vec![L::Real::of(0.5); params.len()];
        let keeps_input = matches!(self.keeps, Keeps::Input | Keeps::Both);
        let keeps_output = matches!(self.keeps, Keeps::Output | Keeps::Both);
        let slices: Vec<&[L::Values]> =
            inputs.iter().map(|input| if keeps_input { input.as_slice() } else { &[] }).collect();
        let mut wanted_grads: Vec<InputGrad<'_, L::Values>> =
            input_grads.iter_mut().map(|values| InputGrad { values, add: begun.is_some() }).collect();
        let cx = Backward {
            images,
            params: &params,
            totals: &[],
            inputs: &slices,
            output: if keeps_output { &output } else { &[] },
            output_grad: &mut output_grad,
            input_grads: &mut wanted_grads,
            grads: &mut grads,
        };
        lanes.call(BackwardOf { op: self.op, cx });
        let grads = grads.into_iter().map(|grad| grad.to_f64() - 0.5).collect();
        Made { output, input_grads, grads }
    }

    /// The sum of an image's outputs, weighted by their gradient.
    fn loss(&self, params: &[f64], inputs: &[Vec<f64>]) -> f64 {
        let inputs: Vec<Vec<[f64; 1]>> = inputs.iter().map(|input| input.iter().map(|&x| [x]).collect()).collect();
        let (_, output) = self.forward(Double, Self::images(0, 1), params, &inputs);
        output.iter().zip(self.output_grad(0)).map(|([y], gradient)| y * gradient).sum()
    }

    /// Fails unless values and gradients are right; `expected` is what becomes of the first image.
    fn check(&self, expected: &[f32]) {
        let made = self.make(Double, 0, 1, None, |_| true);
        assert_eq!(made.output.len(), expected.len());
        for (at, ([y], &expected)) in made.output.iter().zip(expected).enumerate() {
            let bound = 1e-5 * f64::from(expected).abs().max(1.0);
            assert!((y - f64::from(expected)).abs() <= bound, "value {at} is {y}, expected {expected}");
        }
        self.check_differences(&made);
        self.check_sums(&made);
        for isa in Isa::available() {
            run(isa, Group { case: self, isa });
        }
    }

    /// The gradients are what a small step changes.
    fn check_differences(&self, made: &Made<[f64; 1]>) {
        let inputs = &self.inputs[0];
        for (k, gradients) in made.input_grads.iter().enumerate() {
            for at in some(gradients.len(), self.seed) {
                let difference = difference(|step| {
                    let mut inputs = inputs.clone();
                    inputs[k][at] += step;
                    self.loss(&self.params, &inputs)
                });
                assert_near(gradients[at][0], difference, 1e-8, || format!("gradient of value {at} of input {k}"));
            }
        }
        for at in some(self.params.len(), self.seed) {
            let difference = difference(|step| {
                let mut params = self.params.clone();
                params[at] += step;
                self.loss(&params, inputs)
            });
            assert_near(made.grads[at], difference, 1e-8, || format!("gradient of parameter {at}"));
        }
    }

    /// Gradients are added to others, and left out where nobody asks for them.
    fn check_sums(&self, made: &Made<[f64; 1]>) {
        for left_out in 0..=made.input_grads.len() {
            let again = self.make(Double, 0, 1, Some(0.25), |k| k != left_out);
            for (k, (gradients, alone)) in again.input_grads.iter().zip(&made.input_grads).enumerate() {
                assert_eq!(gradients.len(), if k == left_out { 0 } else { alone.len() });
                for (at, ([sum], [alone])) in gradients.iter().zip(alone).enumerate() {
                    assert_near(*sum, alone + 0.25, 1e-12, || format!("sum {at} of input {k}"));
                }
            }
            for (at, (grad, alone)) in again.grads.iter().zip(&made.grads).enumerate() {
                assert_near(*grad, *alone, 1e-12, || format!("gradient of parameter {at}"));
            }
        }
    }
}

/// A group of images, by an instruction set, against each by itself in `f64`.
struct Group<'a, O> {
    case: &'a Case<O>,
    isa: Isa,
}

impl<O: Op> Kernel for Group<'_, O> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        check_group(self.case, simd, self.isa);
    }
}

fn check_group<S: Simd, O: Op>(case: &Case<O>, simd: S, isa: Isa) {
    let count = S::Values::LANES - 3;
    let made = case.make(simd, 0, count, None, |_| true);
    let alone: Vec<_> = (0..count).map(|image| case.make(Double, image, 1, None, |_| true)).collect();
    let what = |what: &str, at: usize, lane: usize| format!("{isa}: {what} {at} of image {lane}");
    for (lane, alone) in alone.iter().enumerate() {
        for (at, (y, [expected])) in made.output.iter().zip(&alone.output).enumerate() {
            assert_near(y.as_ref()[lane].into(), *expected, 1e-4, || what("value", at, lane));
        }
        for (gradients, expected) in made.input_grads.iter().zip(&alone.input_grads) {
            for (at, (gradient, [expected])) in gradients.iter().zip(expected).enumerate() {
                assert_near(gradient.as_ref()[lane].into(), *expected, 1e-4, || what("gradient", at, lane));
            }
        }
    }
    for (at, &grad) in made.grads.iter().enumerate() {
        let expected: f64 = alone.iter().map(|alone| alone.grads[at]).sum();
        let terms: f64 = alone.iter().map(|alone| alone.grads[at].abs()).sum();
        let bound = 1e-4 * terms.max(1.0);
        assert!((grad - expected).abs() <= bound, "{isa}: gradient of parameter {at} is {grad}, expected {expected}");
    }
    // Where no image is, no gradient goes.
    for gradient in made.input_grads.iter().flatten() {
        assert!(gradient.as_ref()[count..].iter().all(|&x| x == 0.0), "{isa}");
    }
}

/// Some indices up to `len`: gradients are compared with differences there.
fn some(len: usize, seed: u32) -> impl Iterator<Item = usize> {
    let step = len / 40 + 1;
    (seed as usize % step..len).step_by(step)
}

/// How fast a function changes around 0, by four of its values: wrong by the fifth derivative times 3e-14.
fn difference(f: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1e-3;
    let between = |step: f64| f(step) - f(-step);
    (8.0 * between(STEP) - between(2.0 * STEP)) / (12.0 * STEP)
}

#[track_caller]
fn assert_near(actual: f64, expected: f64, bound: f64, what: impl Fn() -> String) {
    let near = (actual - expected).abs() <= bound * expected.abs().max(1.0);
    assert!(near, "{} is {actual}, expected {expected}", what());
}

/// Values in −`scale`..`scale`, none of them near a bend.
fn smooth(len: usize, seed: u32, scale: f32, bends: &[f32]) -> Vec<f32> {
    let near = |x: f32| bends.iter().any(|bend| (x - bend).abs() < 0.02);
    values(len, seed).into_iter().map(|x| if near(x * scale) { x * scale + 0.05 } else { x * scale }).collect()
}

/// Values no two of which are nearly the same.
fn distinct(len: usize, seed: u32) -> Vec<f32> {
    let keys = values(len, seed);
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    let mut distinct = vec![0.0; len];
    for (rank, at) in order.into_iter().enumerate() {
        distinct[at] = (rank as f32 - len as f32 / 2.0) * 0.02;
    }
    distinct
}

/// Checks a function of one value that bends at `bends`.
fn check_map<O: Op>(op: O, keeps: Keeps, seed: u32, bends: &[f32], reference: impl Fn(f64) -> f64) {
    let len = 1 + seed as usize % 30;
    let inputs = |seed| vec![smooth(len, seed, 8.0, bends)];
    let expected: Vec<f32> = inputs(seed)[0].iter().map(|&x| reference(x.into()) as f32).collect();
    Case::new(op, keeps, Vec::new(), len, seed, inputs).check(&expected);
}

/// Channels, height and width, of a few pixels.
fn maps() -> impl Strategy<Value = [usize; 3]> {
    [1..10usize, 1..6usize, 1..6usize]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn activations(seed: u32) {
        check_map(ReluOp {}, Keeps::Output, seed, &[0.0], |x| x.max(0.0));
        check_map(Relu6Op {}, Keeps::Output, seed, &[0.0, 6.0], relu6::reference);
        check_map(SeluOp {}, Keeps::Output, seed, &[0.0], selu::reference);
        check_map(GeluOp {}, Keeps::Input, seed, &[], gelu::reference);
        check_map(GeluTanhOp {}, Keeps::Input, seed, &[], gelu::reference_tanh);
        check_map(SiluOp {}, Keeps::Input, seed, &[], silu::reference);
        check_map(HardSwishOp {}, Keeps::Input, seed, &[-3.0, 3.0], hardswish::reference);
        check_map(HardSigmoidOp {}, Keeps::Output, seed, &[-3.0, 3.0], hardsigmoid::reference);
        check_map(SigmoidOp {}, Keeps::Output, seed, &[], sigmoid::reference);
        check_map(TanhOp {}, Keeps::Output, seed, &[], tanh::reference);
        check_map(MishOp {}, Keeps::Input, seed, &[], mish::reference);
    }

    #[test]
    fn activations_with_arguments(seed: u32, a in -2.0f32..2.0, beta in 0.2f32..2.0, threshold in 0.5f32..20.0) {
        let exact = f64::from(a);
        check_map(LeakyReluOp { negative_slope: a }, Keeps::Input, seed, &[0.0], |x| leakyrelu::reference(exact, x));
        check_map(EluOp { alpha: a }, Keeps::Input, seed, &[0.0], |x| elu::reference(exact, x));
        let softplus = |x| softplus::reference(beta.into(), threshold.into(), x);
        check_map(SoftplusOp { beta, threshold }, Keeps::Input, seed, &[threshold / beta], softplus);
    }

    #[test]
    fn prelu([channels, height, width] in maps(), single: bool, seed: u32) {
        let (pixels, len) = (height * width, channels * height * width);
        let weight = values(if single { 1 } else { channels }, seed ^ 1);
        let inputs = |seed| vec![smooth(len, seed, 1.0, &[0.0])];
        let expected = prelu::reference(pixels, &weight, &inputs(seed)[0]);
        let op = PReluOp { pixels: if single { len } else { pixels } };
        Case::new(op, Keeps::Input, weight, len, seed, inputs).check(&expected);
    }

    #[test]
    fn max_pool(shape in pool2d(true), seed: u32) {
        let inputs = |seed| vec![distinct(shape.channels * shape.in_height * shape.in_width, seed)];
        let expected = maxpool::reference(&shape, &inputs(seed)[0]);
        // A window without pixels has no gradient.
        prop_assume!(expected.iter().all(|y| y.is_finite()));
        Case::new(MaxPoolOp { shape }, Keeps::Both, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn avg_pool(shape in pool2d(false), count_include_pad: bool, seed: u32) {
        let inputs = |seed| vec![values(shape.channels * shape.in_height * shape.in_width, seed)];
        let expected = avgpool::reference(&shape, count_include_pad, &inputs(seed)[0]);
        let op = AvgPoolOp { shape, count_include_pad };
        Case::new(op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn adaptive_pools([channels, height, width] in maps(), output in [1..8usize, 1..8usize], seed: u32) {
        let input = [height, width];
        let inputs = |seed| vec![distinct(channels * height * width, seed)];
        let expected = adaptive::reference_avg(channels, input, output, &inputs(seed)[0]);
        let op = AdaptiveAvgPoolOp { channels, input, output };
        Case::new(op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
        let expected = adaptive::reference_max(channels, input, output, &inputs(seed)[0]);
        let op = AdaptiveMaxPoolOp { channels, input, output };
        Case::new(op, Keeps::Both, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn norms(groups in 1..5usize, size in 1..6usize, pixels in 1..20usize, affine: bool, seed: u32) {
        let (channels, eps) = (groups * size, 0.25);
        let params = if affine { values(2 * channels, seed ^ 1) } else { Vec::new() };
        let (weight, bias) = (affine.then(|| &params[..channels]), affine.then(|| &params[channels..]));
        let inputs = |seed| vec![values(channels * pixels, seed)];
        let expected = groupnorm::reference([groups, pixels], eps, weight, bias, &inputs(seed)[0]);
        let op = GroupNormOp { channels, groups, pixels, eps, affine };
        Case::new(op, Keeps::Input, params.clone(), expected.len(), seed, inputs).check(&expected);
        let expected = layernorm::reference(pixels, eps, weight, bias, &inputs(seed)[0]);
        let op = LayerNormOp { channels, pixels, eps, affine };
        Case::new(op, Keeps::Input, params.clone(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn layerscale([channels, height, width] in maps(), seed: u32) {
        let pixels = height * width;
        let weight = values(channels, seed ^ 1);
        let inputs = |seed| vec![values(channels * pixels, seed)];
        let expected = layerscale::reference(pixels, &weight, &inputs(seed)[0]);
        Case::new(LayerScaleOp { pixels }, Keeps::Input, weight, expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn lrn(
        [channels, height, width] in maps(), size in 1..8usize, alpha in 0.1f32..4.0, usual: bool, k in 0.5f32..2.0, seed: u32,
    ) {
        let (pixels, beta) = (height * width, if usual { 0.75 } else { 0.6 });
        let inputs = |seed| vec![values(channels * pixels, seed)];
        let expected = lrn::reference([channels, pixels, size], [alpha, beta, k], &inputs(seed)[0]);
        let op = LrnOp { channels, pixels, size, alpha, beta, k };
        Case::new(op, Keeps::Input, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn softmaxes([channels, height, width] in maps(), seed: u32) {
        let pixels = height * width;
        let inputs = |seed| vec![smooth(channels * pixels, seed, 4.0, &[])];
        let expected = softmax::reference(channels, pixels, &inputs(seed)[0]);
        let op = SoftmaxOp { channels, pixels };
        Case::new(op, Keeps::Output, Vec::new(), expected.len(), seed, inputs).check(&expected);
        let expected = logsoftmax::reference(channels, pixels, &inputs(seed)[0]);
        let op = LogSoftmaxOp { channels, pixels };
        Case::new(op, Keeps::Output, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn pad([channels, height, width] in maps(), before in [0..4usize, 0..4usize], after in [0..4usize, 0..4usize], seed: u32) {
        let padded = [height + before[0] + after[0], width + before[1] + after[1]];
        let inputs = |seed| vec![values(channels * height * width, seed)];
        let expected = layout::reference_pad([channels, height, width], before, padded, &inputs(seed)[0]);
        let op = PadOp { channels, image: [height, width], before, padded };
        Case::new(op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn scale([channels, height, width] in maps(), per_value: bool, seed: u32) {
        let len = channels * height * width;
        let pixels = if per_value { 1 } else { height * width };
        let inputs = |seed| vec![values(len / pixels, seed), values(len, seed ^ 1)];
        let expected = scale::reference(pixels, &inputs(seed)[1], &inputs(seed)[0]);
        Case::new(ScaleOp { pixels }, Keeps::Input, Vec::new(), len, seed, inputs).check(&expected);
    }

    #[test]
    fn shuffle(groups in 1..6usize, size in 1..6usize, pixels in 1..10usize, seed: u32) {
        let channels = groups * size;
        let inputs = |seed| vec![values(channels * pixels, seed)];
        let expected = shuffle::reference(channels, groups, pixels, &inputs(seed)[0]);
        let op = ShuffleOp { channels, groups, pixels };
        Case::new(op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn upsample([channels, height, width] in maps(), scale in [1..4usize, 1..4usize], corners: bool, seed: u32) {
        let input = [height, width];
        let inputs = |seed| vec![values(channels * height * width, seed)];
        let expected = upsample::reference_nearest(channels, input, scale, &inputs(seed)[0]);
        let op = NearestOp { channels, input, scale };
        Case::new(op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
        let expected = upsample::reference_bilinear(channels, input, scale, corners, &inputs(seed)[0]);
        let op = BilinearOp { channels, input, scale, corners };
        Case::new(op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn joins(len in 1..30usize, seed: u32) {
        const LENS: &[usize] = &[3, 1, 5];
        let inputs = |seed| vec![values(len, seed), values(len, seed ^ 1)];
        let [a, b] = &inputs(seed)[..] else { unreachable!() };
        Case::new(AddOp { relu: false }, Keeps::Nothing, Vec::new(), len, seed, inputs).check(&residual::reference(a, b));
        Case::new(CopyOp {}, Keeps::Nothing, Vec::new(), len, seed, |seed| vec![values(len, seed)]).check(a);
        let inputs = |seed| LENS.iter().map(|&len| values(len, seed ^ len as u32)).collect::<Vec<_>>();
        Case::new(ConcatOp { lens: LENS }, Keeps::Nothing, Vec::new(), 9, seed, inputs).check(&inputs(seed).concat());
    }

    #[test]
    fn part([before, channels, after] in [0..6usize, 1..6usize, 0..6usize], pixels in 1..6usize, seed: u32) {
        let inputs = |seed| vec![values((before + channels + after) * pixels, seed)];
        let expected = concat::reference(before, channels, pixels, &inputs(seed)[0]);
        let op = PartOp { start: before * pixels };
        Case::new(op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn dropout(len in 1..60usize, p in select(vec![0.0f32, 0.1, 0.5, 0.9, 1.0]), layer in 0..3usize, seed: u32) {
        let inputs = |seed| vec![smooth(len, seed, 1.0, &[0.0])];
        let case = Case::new(DropoutOp { p, layer }, Keeps::Nothing, Vec::new(), len, seed, inputs);
        let kept: Vec<bool> = case.make(Double, 0, 1, None, |_| true).output.iter().map(|[y]| *y != 0.0).collect();
        case.check(&dropout::reference(p, &kept, &inputs(seed)[0]));
    }

    #[test]
    fn fc(inputs in 1..40usize, outputs in 1..30usize, rows in 1..4usize, biased: bool, seed: u32) {
        let weights = inputs * outputs;
        let params = values(weights + if biased { outputs } else { 0 }, seed ^ 1);
        let (weight, bias) = params.split_at(weights);
        let bias = biased.then_some(bias);
        let input = |seed| vec![values(rows * inputs, seed)];
        let expected: Vec<f32> =
            input(seed)[0].chunks(inputs).flat_map(|row| fc::reference(row, weight, bias)).collect();
        let op = FcOp { inputs, outputs, rows, relu: false };
        Case::new(op, Keeps::Input, params.clone(), expected.len(), seed, input).check(&expected);
    }

    #[test]
    fn conv(
        [y, x] in [axis(), axis()], groups in 1..4usize, ins in 1..5usize, outs in 1..14usize, biased: bool, seed: u32,
    ) {
        let (channels, small_channels, kernel) = (groups * ins, groups * outs, [y.kernel, x.kernel]);
        let op = ConvOp {
            channels,
            image: [y.size, x.size],
            small_channels,
            small: [y.outputs, x.outputs],
            kernel,
            stride: [y.stride, x.stride],
            padding: [y.before, x.before],
            dilation: [y.dilation, x.dilation],
            groups,
            transposed: false,
            relu: false,
        };
        check_conv(op, biased, seed);
    }

    #[test]
    fn convtranspose(
        [y, x] in [transposed(), transposed()], groups in 1..4usize, ins in 1..5usize, outs in 1..14usize, biased: bool,
        seed: u32,
    ) {
        let op = ConvOp {
            channels: groups * outs,
            image: [y.out(), x.out()],
            small_channels: groups * ins,
            small: [y.size, x.size],
            kernel: [y.kernel, x.kernel],
            stride: [y.stride, x.stride],
            padding: [y.padding, x.padding],
            dilation: [y.dilation, x.dilation],
            groups,
            transposed: true,
            relu: false,
        };
        check_conv(op, biased, seed);
    }
}

fn check_conv(op: ConvOp, biased: bool, seed: u32) {
    let shape = Conv2d {
        in_channels: op.channels,
        in_height: op.image[0],
        in_width: op.image[1],
        out_channels: op.small_channels,
        out_height: op.small[0],
        out_width: op.small[1],
        kernel: op.kernel,
        stride: op.stride,
        padding: op.padding,
        dilation: op.dilation,
        groups: op.groups,
    };
    let weights = op.small_channels * op.channels / op.groups * product(op.kernel);
    let [large, small] = [op.channels * product(op.image), op.small_channels * product(op.small)];
    let (input_len, channels) = if op.transposed { (small, op.channels) } else { (large, op.small_channels) };
    let params = values(weights + if biased { channels } else { 0 }, seed ^ 1);
    let (weight, bias) = params.split_at(weights);
    let bias = biased.then_some(bias);
    let inputs = |seed| vec![values(input_len, seed)];
    let reference = if op.transposed { convtranspose::reference } else { conv::reference };
    let expected = reference(&shape, &inputs(seed)[0], weight, bias);
    Case::new(op, Keeps::Input, params.clone(), expected.len(), seed, inputs).check(&expected);
}

/// At its bends a function has the slope that PyTorch gives it.
#[test]
fn slopes_at_bends() {
    fn slopes<O: Op>(op: O, keeps: Keeps, at: &[f32]) -> Vec<f64> {
        let case = Case::new(op, keeps, Vec::new(), at.len(), 1, |_| vec![at.to_vec()]);
        let made = case.make(Double, 0, 1, None, |_| true);
        made.input_grads[0].iter().zip(case.output_grad(0)).map(|([slope], gradient)| slope / gradient).collect()
    }
    assert_eq!(slopes(ReluOp {}, Keeps::Output, &[0.0]), [0.0]);
    assert_eq!(slopes(Relu6Op {}, Keeps::Output, &[0.0, 6.0]), [0.0, 0.0]);
    assert_eq!(slopes(HardSwishOp {}, Keeps::Input, &[-3.0, 3.0]), [0.0, 1.0]);
    assert_eq!(slopes(HardSigmoidOp {}, Keeps::Output, &[-3.0, 3.0]), [0.0, 0.0]);
    assert_eq!(slopes(LeakyReluOp { negative_slope: 0.25 }, Keeps::Input, &[0.0]), [0.25]);
    assert_eq!(slopes(EluOp { alpha: 2.0 }, Keeps::Input, &[0.0]), [2.0]);
    assert!((slopes(SeluOp {}, Keeps::Output, &[0.0])[0] - 1.758_099_340_847_376_6).abs() < 1e-12);
}

/// The first of a window's largest values gets all of the gradient.
#[test]
fn the_first_of_equal_values_wins() {
    let op = AdaptiveMaxPoolOp { channels: 1, input: [2, 2], output: [1, 1] };
    let case = Case::new(op, Keeps::Both, Vec::new(), 1, 1, |_| vec![vec![1.0, 2.0, 2.0, 2.0]]);
    let gradient = case.output_grad(0)[0];
    assert_eq!(case.make(Double, 0, 1, None, |_| true).input_grads[0], [[0.0], [gradient], [0.0], [0.0]]);
}

/// Each step, layer and image draws something else, and as much as it should.
#[test]
fn dropout_draws() {
    const LEN: usize = 4096;
    let kept = |p: f32, layer: usize, image: usize| -> Vec<bool> {
        let case = Case::new(DropoutOp { p, layer }, Keeps::Nothing, Vec::new(), LEN, 1, |_| vec![vec![1.0; LEN]]);
        case.make(Double, image, 1, None, |_| true).output.iter().map(|[y]| *y != 0.0).collect()
    };
    let count = |kept: &[bool]| kept.iter().filter(|&&kept| kept).count();
    for p in [0.1, 0.5, 0.9] {
        let expected = (1.0 - p) * LEN as f32;
        // Four standard deviations.
        let bound = 4.0 * (p * (1.0 - p) * LEN as f32).sqrt();
        for image in 0..8 {
            assert!((count(&kept(p, 3, image)) as f32 - expected).abs() < bound);
        }
    }
    let first = kept(0.5, 3, 0);
    for other in [kept(0.5, 3, 1), kept(0.5, 4, 0)] {
        let same = first.iter().zip(&other).filter(|(a, b)| a == b).count();
        assert!(same.abs_diff(LEN / 2) < 128, "{same}");
        // Nor is it the same in another order, as where only a key's last bits differ.
        let shifted = first[1..].iter().zip(&other).filter(|(a, b)| a == b).count();
        assert!(shifted.abs_diff(LEN / 2) < 128, "{shifted}");
    }
    assert_eq!(count(&kept(0.0, 3, 0)), LEN);
    assert_eq!(count(&kept(1.0, 3, 0)), 0);
}

/// Digits of erf from Abramowitz and Stegun's definition, computed with 30 of them.
#[test]
fn the_error_function() {
    for (z, expected) in [
        (0.1, 0.112_462_916_018_284_9),
        (0.5, 0.520_499_877_813_046_5),
        (1.0, 0.842_700_792_949_714_9),
        (2.0, 0.995_322_265_018_952_7),
        (3.0, 0.999_977_909_503_001_4),
        (5.0, 0.999_999_999_998_462_5),
    ] {
        for (z, expected) in [(z, 1.0 - expected), (-z, 1.0 + expected)] {
            assert!((Real::erfc(z) - expected).abs() < 1e-14, "{z}");
            assert!((f64::from(Real::erfc(z as f32)) - expected).abs() < 5e-7, "{z}");
        }
    }
}
