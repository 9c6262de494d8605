//! Every operation while a net is trained: its values against the reference, its gradients against differences, and all
//! instruction sets against `f64`.

mod points;

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
struct Case<'a> {
    op: &'a dyn Passes,
    keeps: Keeps,
    params: Vec<f64>,
    /// Of each image, each input.
    inputs: Vec<Vec<Vec<f64>>>,
    output_len: usize,
    seed: u32,
}

/// What both passes of a group of images read and write, each value once for each lane.
#[derive(Clone, Default)]
struct Buffers<R> {
    params: Vec<R>,
    inputs: Vec<Vec<R>>,
    output: Vec<R>,
    output_grad: Vec<R>,
    input_grads: Vec<Vec<R>>,
    /// Whether something stands there already.
    add: bool,
    grads: Vec<R>,
}

/// An operation, whichever it is: little is compiled once more for each.
trait Passes {
    fn forward_double(&self, images: Images, buffers: &mut Buffers<f64>);
    fn backward_double(&self, images: Images, keeps: Keeps, buffers: &mut Buffers<f64>);
    fn both(&self, isa: Isa, images: Images, keeps: Keeps, buffers: &mut Buffers<f32>);
}

impl<O: Op> Passes for O {
    fn forward_double(&self, images: Images, buffers: &mut Buffers<f64>) {
        forward(*self, Double, images, buffers);
    }

    fn backward_double(&self, images: Images, keeps: Keeps, buffers: &mut Buffers<f64>) {
        backward(*self, Double, images, keeps, buffers);
    }

    fn both(&self, isa: Isa, images: Images, keeps: Keeps, buffers: &mut Buffers<f32>) {
        struct Both<'a, O>(O, Images, Keeps, &'a mut Buffers<f32>);

        impl<O: Op> Kernel for Both<'_, O> {
            #[inline(always)]
            fn run<S: Simd>(self, simd: S) {
                let Self(op, images, keeps, buffers) = self;
                forward(op, simd, images, buffers);
                backward(op, simd, images, keeps, buffers);
            }
        }
        run(isa, Both(*self, images, keeps, buffers));
    }
}

/// `Values` from lanes behind one another.
fn grouped<V: Values>(values: &[V::Real]) -> &[V] {
    bytemuck::cast_slice(values)
}

fn forward<L: Lanes>(op: impl Op, lanes: L, images: Images, buffers: &mut Buffers<L::Real>) {
    let Buffers { params, inputs, output, .. } = buffers;
    let inputs: Vec<&[L::Values]> = inputs.iter().map(|input| grouped(input)).collect();
    let output = bytemuck::cast_slice_mut(output);
    lanes.call(ForwardOf {
        op,
        layer: 0,
        watch: None,
        cx: Forward { images, params, totals: &[], inputs: &inputs, output },
    });
}

fn backward<L: Lanes>(op: impl Op, lanes: L, images: Images, keeps: Keeps, buffers: &mut Buffers<L::Real>) {
    let Buffers { params, inputs, output, output_grad, input_grads, add, grads } = buffers;
    let keeps_input = matches!(keeps, Keeps::Input | Keeps::Both);
    let keeps_output = matches!(keeps, Keeps::Output | Keeps::Both);
    let kept = |input| if keeps_input { grouped(input) } else { &[][..] };
    let inputs: Vec<&[L::Values]> = inputs.iter().map(|input| kept(input)).collect();
    let mut input_grads: Vec<InputGrad<'_, L::Values>> = input_grads
        .iter_mut()
        .map(|values| InputGrad { values: bytemuck::cast_slice_mut(values), add: *add })
        .collect();
    let cx = Backward {
        images,
        params,
        totals: &[],
        inputs: &inputs,
        output: if keeps_output { grouped(output) } else { &[] },
        output_grad: bytemuck::cast_slice_mut(output_grad),
        input_grads: &mut input_grads,
        grads,
    };
    lanes.call(BackwardOf { op, cx });
}

/// As many images as the widest register has lanes.
const IMAGES: usize = 16;

/// The index of the first one in its batch.
const FIRST: usize = 32;

fn doubles(values: Vec<f32>) -> Vec<f64> {
    values.into_iter().map(f64::from).collect()
}

fn images(first: usize, count: usize) -> Images {
    Images { count, first: FIRST + first, batch: 100, draw: 0x1234_5678_9abc_def0 }
}

impl<'a> Case<'a> {
    /// Of inputs that `inputs` makes of a seed.
    fn new(
        op: &'a dyn Passes,
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

    /// What `lanes` lanes read, the first `count` of which are images from `first` on. Of the others the values are finite, and
    /// the gradient is 0.
    fn buffers<R: Real>(&self, first: usize, count: usize, lanes: usize) -> Buffers<R> {
        let group = |len: usize, value: &dyn Fn(usize, usize) -> f64| -> Vec<R> {
            (0..len * lanes).map(|i| R::of(value(i / lanes, i % lanes))).collect()
        };
        let gradients: Vec<Vec<f64>> = (0..count).map(|lane| self.output_grad(first + lane)).collect();
        let input = |k: usize| group(self.inputs[0][k].len(), &|at, lane| self.inputs[(first + lane) % IMAGES][k][at]);
        let inputs: Vec<Vec<R>> = (0..self.inputs[0].len()).map(input).collect();
        Buffers {
            params: self.params.iter().map(|&x| R::of(x)).collect(),
            output: group(self.output_len, &|_, _| f64::NAN),
            output_grad: group(self.output_len, &|at, lane| if lane < count { gradients[lane][at] } else { 0.0 }),
            input_grads: inputs.iter().map(|input| vec![R::of(f64::NAN); input.len()]).collect(),
            inputs,
            add: false,
            grads: vec![R::ZERO; self.params.len()],
        }
    }

    /// What becomes of one image, in `f64`.
    fn alone(&self, image: usize) -> Buffers<f64> {
        let mut buffers = self.buffers(image, 1, 1);
        self.op.forward_double(images(image, 1), &mut buffers);
        self.op.backward_double(images(image, 1), self.keeps, &mut buffers);
        buffers
    }

    /// Fails unless values and gradients are right; `expected` is what becomes of the first image.
    fn check(&self, expected: &[f32]) {
        let alone: Vec<Buffers<f64>> = (0..IMAGES).map(|image| self.alone(image)).collect();
        assert_eq!(self.output_len, expected.len());
        for (at, (y, &expected)) in alone[0].output.iter().zip(expected).enumerate() {
            assert_near(*y, expected.into(), 1e-5, || format!("value {at}"));
        }
        self.check_differences(&alone[0]);
        self.check_sums(&alone[0]);
        for isa in Isa::available() {
            self.check_group(isa, &alone);
        }
    }

    /// The gradients are what a small step changes.
    fn check_differences(&self, alone: &Buffers<f64>) {
        let mut buffers = alone.clone();
        // The sum of the outputs, weighted by their gradient.
        let mut loss = |step: &dyn Fn(&mut Buffers<f64>, f64), size: f64| {
            step(&mut buffers, size);
            self.op.forward_double(images(0, 1), &mut buffers);
            step(&mut buffers, -size);
            buffers.output.iter().zip(&alone.output_grad).map(|(y, gradient)| y * gradient).sum()
        };
        for (k, gradients) in alone.input_grads.iter().enumerate() {
            for at in some(gradients.len(), self.seed) {
                let difference = difference(|size| loss(&|buffers, size| buffers.inputs[k][at] += size, size));
                assert_near(gradients[at], difference, 1e-8, || format!("gradient of value {at} of input {k}"));
            }
        }
        for at in some(self.params.len(), self.seed) {
            let difference = difference(|size| loss(&|buffers, size| buffers.params[at] += size, size));
            assert_near(alone.grads[at], difference, 1e-8, || format!("gradient of parameter {at}"));
        }
    }

    /// Gradients are added to others, and left out where nobody asks for them.
    fn check_sums(&self, alone: &Buffers<f64>) {
        for left_out in 0..=alone.input_grads.len() {
            let mut sums = Buffers { add: true, ..alone.clone() };
            for (k, gradients) in sums.input_grads.iter_mut().enumerate() {
                if k == left_out {
                    gradients.clear();
                }
                gradients.fill(0.25);
            }
            self.op.backward_double(images(0, 1), self.keeps, &mut sums);
            for (k, (gradients, alone)) in sums.input_grads.iter().zip(&alone.input_grads).enumerate() {
                for (at, (sum, alone)) in gradients.iter().zip(alone).enumerate() {
                    assert_near(*sum, alone + 0.25, 1e-12, || format!("sum {at} of input {k}"));
                }
            }
            // The gradients of the parameters were there already.
            for (at, (sum, alone)) in sums.grads.iter().zip(&alone.grads).enumerate() {
                assert_near(*sum, 2.0 * alone, 1e-12, || format!("gradient of parameter {at}"));
            }
        }
    }

    /// A group of images, by an instruction set, is as each by itself in `f64`.
    fn check_group(&self, isa: Isa, alone: &[Buffers<f64>]) {
        let lanes = lanes(isa);
        let count = lanes - 3;
        let mut group = self.buffers(0, count, lanes);
        self.op.both(isa, images(0, count), self.keeps, &mut group);
        let check = |what: &str, values: &[f32], of: &dyn Fn(&Buffers<f64>, usize) -> f64| {
            for (i, &value) in values.iter().enumerate() {
                let (at, lane) = (i / lanes, i % lanes);
                if lane < count {
                    let what = || format!("{isa}: {what} {at} of image {lane}");
                    assert_near(value.into(), of(&alone[lane], at), 1e-4, what);
                } else {
                    assert!(value.is_finite(), "{isa}: {what} {at} where no image is");
                }
            }
        };
        check("value", &group.output, &|alone, at| alone.output[at]);
        for (k, gradients) in group.input_grads.iter().enumerate() {
            check("gradient", gradients, &|alone, at| alone.input_grads[k][at]);
            let none = gradients.chunks(lanes).all(|lanes| lanes[count..].iter().all(|&x| x == 0.0));
            assert!(none, "{isa}: a gradient where no image is");
        }
        for (at, &grad) in group.grads.iter().enumerate() {
            let terms = || alone[..count].iter().map(|alone| alone.grads[at]);
            let bound = 1e-4 * terms().map(f64::abs).sum::<f64>().max(1.0);
            let expected: f64 = terms().sum();
            let near = (f64::from(grad) - expected).abs() <= bound;
            assert!(near, "{isa}: gradient of parameter {at} is {grad}, expected {expected}");
        }
    }
}

/// How many images are a group.
fn lanes(isa: Isa) -> usize {
    struct Count<'a>(&'a mut usize);

    impl Kernel for Count<'_> {
        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            *self.0 = <S as Lanes>::Values::LANES;
        }
    }
    let mut count = 0;
    run(isa, Count(&mut count));
    count
}

/// Some indices up to `len`: gradients are compared with differences there.
fn some(len: usize, seed: u32) -> impl Iterator<Item = usize> {
    let step = len / 40 + 1;
    (seed as usize % step..len).step_by(step)
}

/// How fast a function changes around 0, by four of its values: wrong by the fifth derivative times 3e-14.
fn difference(mut f: impl FnMut(f64) -> f64) -> f64 {
    const STEP: f64 = 1e-3;
    let mut between = |step: f64| f(step) - f(-step);
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
        // None is 0, where ReLU bends.
        distinct[at] = (rank as f32 + 0.25 - len as f32 / 2.0) * 0.02;
    }
    distinct
}

/// Checks a function of one value that bends at `bends`.
fn check_map(op: &dyn Passes, keeps: Keeps, seed: u32, bends: &[f32], reference: impl Fn(f64) -> f64) {
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
        check_map(&ReluOp {}, Keeps::Output, seed, &[0.0], |x| x.max(0.0));
        check_map(&Relu6Op {}, Keeps::Output, seed, &[0.0, 6.0], relu6::reference);
        check_map(&SeluOp {}, Keeps::Output, seed, &[0.0], selu::reference);
        check_map(&GeluOp {}, Keeps::Input, seed, &[], gelu::reference);
        check_map(&GeluTanhOp {}, Keeps::Input, seed, &[], gelu::reference_tanh);
        check_map(&SiluOp {}, Keeps::Input, seed, &[], silu::reference);
        check_map(&HardSwishOp {}, Keeps::Input, seed, &[-3.0, 3.0], hardswish::reference);
        check_map(&HardSigmoidOp {}, Keeps::Output, seed, &[-3.0, 3.0], hardsigmoid::reference);
        check_map(&SigmoidOp {}, Keeps::Output, seed, &[], sigmoid::reference);
        check_map(&TanhOp {}, Keeps::Output, seed, &[], tanh::reference);
        check_map(&MishOp {}, Keeps::Input, seed, &[], mish::reference);
    }

    #[test]
    fn activations_with_arguments(seed: u32, a in -2.0f32..2.0, beta in 0.2f32..2.0, threshold in 0.5f32..20.0) {
        let exact = f64::from(a);
        check_map(&LeakyReluOp { negative_slope: a }, Keeps::Input, seed, &[0.0], |x| leakyrelu::reference(exact, x));
        check_map(&EluOp { alpha: a }, Keeps::Input, seed, &[0.0], |x| elu::reference(exact, x));
        let softplus = |x| softplus::reference(beta.into(), threshold.into(), x);
        check_map(&SoftplusOp { beta, threshold }, Keeps::Input, seed, &[threshold / beta], softplus);
    }

    #[test]
    fn prelu([channels, height, width] in maps(), single: bool, seed: u32) {
        let (pixels, len) = (height * width, channels * height * width);
        let weight = values(if single { 1 } else { channels }, seed ^ 1);
        let inputs = |seed| vec![smooth(len, seed, 1.0, &[0.0])];
        let expected = prelu::reference(pixels, &weight, &inputs(seed)[0]);
        let op = PReluOp { pixels: if single { len } else { pixels } };
        Case::new(&op, Keeps::Input, weight, len, seed, inputs).check(&expected);
    }

    #[test]
    fn max_pool(shape in pool2d(true), relu: bool, seed: u32) {
        let inputs = |seed| vec![distinct(shape.channels * shape.in_height * shape.in_width, seed)];
        let mut expected = maxpool::reference(&shape, &inputs(seed)[0]);
        // A window without pixels has no gradient.
        prop_assume!(expected.iter().all(|y| y.is_finite()));
        if relu {
            expected = relu::reference(&expected);
        }
        Case::new(&MaxPoolOp { shape, relu }, Keeps::Both, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn avg_pool(shape in pool2d(false), count_include_pad: bool, seed: u32) {
        let inputs = |seed| vec![values(shape.channels * shape.in_height * shape.in_width, seed)];
        let expected = avgpool::reference(&shape, count_include_pad, &inputs(seed)[0]);
        let op = AvgPoolOp { shape, count_include_pad };
        Case::new(&op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn adaptive_pools([channels, height, width] in maps(), output in [1..8usize, 1..8usize], seed: u32) {
        let input = [height, width];
        let inputs = |seed| vec![distinct(channels * height * width, seed)];
        let expected = adaptive::reference_avg(channels, input, output, &inputs(seed)[0]);
        let op = AdaptiveAvgPoolOp { channels, input, output };
        Case::new(&op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
        let expected = adaptive::reference_max(channels, input, output, &inputs(seed)[0]);
        let op = AdaptiveMaxPoolOp { channels, input, output };
        Case::new(&op, Keeps::Both, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn norms(groups in 1..5usize, size in 1..6usize, pixels in 1..20usize, affine: bool, seed: u32) {
        let (channels, eps) = (groups * size, 0.25);
        let params = if affine { values(2 * channels, seed ^ 1) } else { Vec::new() };
        let (weight, bias) = (affine.then(|| &params[..channels]), affine.then(|| &params[channels..]));
        let inputs = |seed| vec![values(channels * pixels, seed)];
        let expected = groupnorm::reference([groups, pixels], eps, weight, bias, &inputs(seed)[0]);
        let op = GroupNormOp { channels, groups, pixels, eps, affine };
        Case::new(&op, Keeps::Input, params.clone(), expected.len(), seed, inputs).check(&expected);
        let expected = layernorm::reference(pixels, eps, weight, bias, &inputs(seed)[0]);
        let op = LayerNormOp { channels, pixels, eps, affine };
        Case::new(&op, Keeps::Input, params.clone(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn layerscale([channels, height, width] in maps(), seed: u32) {
        let pixels = height * width;
        let weight = values(channels, seed ^ 1);
        let inputs = |seed| vec![values(channels * pixels, seed)];
        let expected = layerscale::reference(pixels, &weight, &inputs(seed)[0]);
        Case::new(&LayerScaleOp { pixels }, Keeps::Input, weight, expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn lrn(
        [channels, height, width] in maps(), size in 1..8usize, alpha in 0.1f32..4.0, usual: bool, k in 0.5f32..2.0, seed: u32,
    ) {
        let (pixels, beta) = (height * width, if usual { 0.75 } else { 0.6 });
        let inputs = |seed| vec![values(channels * pixels, seed)];
        let expected = lrn::reference([channels, pixels, size], [alpha, beta, k], &inputs(seed)[0]);
        let op = LrnOp { channels, pixels, size, alpha, beta, k };
        Case::new(&op, Keeps::Input, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn softmaxes([channels, height, width] in maps(), seed: u32) {
        let pixels = height * width;
        let inputs = |seed| vec![smooth(channels * pixels, seed, 4.0, &[])];
        let expected = softmax::reference(channels, pixels, &inputs(seed)[0]);
        let op = SoftmaxOp { channels, pixels };
        Case::new(&op, Keeps::Output, Vec::new(), expected.len(), seed, inputs).check(&expected);
        let expected = logsoftmax::reference(channels, pixels, &inputs(seed)[0]);
        let op = LogSoftmaxOp { channels, pixels };
        Case::new(&op, Keeps::Output, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn pad([channels, height, width] in maps(), before in [0..4usize, 0..4usize], after in [0..4usize, 0..4usize], seed: u32) {
        let padded = [height + before[0] + after[0], width + before[1] + after[1]];
        let inputs = |seed| vec![values(channels * height * width, seed)];
        let expected = layout::reference_pad([channels, height, width], before, padded, &inputs(seed)[0]);
        let op = PadOp { channels, image: [height, width], before, padded };
        Case::new(&op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn scale([channels, height, width] in maps(), per_value: bool, seed: u32) {
        let len = channels * height * width;
        let pixels = if per_value { 1 } else { height * width };
        let inputs = |seed| vec![values(len / pixels, seed), values(len, seed ^ 1)];
        let expected = scale::reference(pixels, &inputs(seed)[1], &inputs(seed)[0]);
        Case::new(&ScaleOp { pixels }, Keeps::Input, Vec::new(), len, seed, inputs).check(&expected);
    }

    #[test]
    fn shuffle(groups in 1..6usize, size in 1..6usize, pixels in 1..10usize, seed: u32) {
        let channels = groups * size;
        let inputs = |seed| vec![values(channels * pixels, seed)];
        let expected = shuffle::reference(channels, groups, pixels, &inputs(seed)[0]);
        let op = ShuffleOp { channels, groups, pixels };
        Case::new(&op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn upsample([channels, height, width] in maps(), scale in [1..4usize, 1..4usize], corners: bool, seed: u32) {
        let input = [height, width];
        let inputs = |seed| vec![values(channels * height * width, seed)];
        let expected = upsample::reference_nearest(channels, input, scale, &inputs(seed)[0]);
        let op = NearestOp { channels, input, scale };
        Case::new(&op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
        let expected = upsample::reference_bilinear(channels, input, scale, corners, &inputs(seed)[0]);
        let op = BilinearOp { channels, input, scale, corners };
        Case::new(&op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn joins(len in 1..30usize, seed: u32) {
        const LENS: &[usize] = &[3, 1, 5];
        let inputs = |seed| vec![values(len, seed), values(len, seed ^ 1)];
        let [a, b] = &inputs(seed)[..] else { unreachable!() };
        Case::new(&AddOp { relu: false }, Keeps::Nothing, Vec::new(), len, seed, inputs).check(&residual::reference(a, b));
        Case::new(&CopyOp {}, Keeps::Nothing, Vec::new(), len, seed, |seed| vec![values(len, seed)]).check(a);
        let inputs = |seed| LENS.iter().map(|&len| values(len, seed ^ len as u32)).collect::<Vec<_>>();
        Case::new(&ConcatOp { lens: LENS }, Keeps::Nothing, Vec::new(), 9, seed, inputs).check(&inputs(seed).concat());
    }

    #[test]
    fn part([before, channels, after] in [0..6usize, 1..6usize, 0..6usize], pixels in 1..6usize, seed: u32) {
        let inputs = |seed| vec![values((before + channels + after) * pixels, seed)];
        let expected = concat::reference(before, channels, pixels, &inputs(seed)[0]);
        let op = PartOp { start: before * pixels };
        Case::new(&op, Keeps::Nothing, Vec::new(), expected.len(), seed, inputs).check(&expected);
    }

    #[test]
    fn dropout(len in 1..60usize, p in select(vec![0.0f32, 0.1, 0.5, 0.9, 1.0]), layer in 0..3usize, seed: u32) {
        let inputs = |seed| vec![smooth(len, seed, 1.0, &[0.0])];
        let op = DropoutOp { p, layer };
        let case = Case::new(&op, Keeps::Nothing, Vec::new(), len, seed, inputs);
        let kept: Vec<bool> = case.alone(0).output.iter().map(|y| *y != 0.0).collect();
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
        Case::new(&op, Keeps::Input, params.clone(), expected.len(), seed, input).check(&expected);
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
    Case::new(&op, Keeps::Input, params.clone(), expected.len(), seed, inputs).check(&expected);
}
