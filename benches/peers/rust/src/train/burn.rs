use anyhow::{Context, Result, bail};
use burn::optim::{Adam, AdamConfig, AdamState, Optimizer};
use burn::tensor::activation::{log_softmax, relu};
use burn::tensor::module::{conv2d, linear, max_pool2d};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Gradients, Int, Tensor, TensorData};

use super::LEARNING_RATE;
use crate::Task;

/// A parameter, and what Adam remembers of it.
struct Param<const D: usize> {
    value: Tensor<D>,
    state: Option<AdamState<D>>,
}

impl<const D: usize> Param<D> {
    fn new((values, shape): (Vec<f32>, Vec<usize>), device: &Device) -> Self {
        Self { value: Tensor::from_data(TensorData::new(values, shape), device).require_grad(), state: None }
    }

    fn update(&mut self, adam: &Adam, grads: &mut Gradients) -> Result<()> {
        let grad = self.value.grad_remove(grads).context("a parameter has no gradient")?;
        let (value, state) = adam.step(LEARNING_RATE, self.value.clone().inner(), grad, self.state.take());
        self.value = value.autodiff().require_grad();
        self.state = state;
        Ok(())
    }
}

/// Weight and bias of a layer.
type Layer<const D: usize> = (Param<D>, Param<1>);

/// A net: convolutions, each with its padding, whether pools stand behind them, and layers of neurons.
struct Net {
    convs: Vec<(Layer<4>, usize)>,
    pools: bool,
    fcs: Vec<Layer<2>>,
}

impl Net {
    fn new(task: &Task, device: &Device) -> Result<Self> {
        let (convs, fcs): (&[(&str, usize)], &[&str]) = match &task.net[..] {
            "dummy" => (&[("conv1", 0)], &["fc1"]),
            "lenet5" => (&[("conv1", 2), ("conv2", 0)], &["fc1", "fc2", "fc3"]),
            net => bail!("{net} is not written for burn"),
        };
        let bias = |name: &str| Ok::<_, anyhow::Error>(Param::new(task.tensor(&format!("{name}.bias"))?, device));
        let conv = |&(name, padding): &(&str, usize)| {
            Ok(((Param::new(task.tensor(&format!("{name}.weight"))?, device), bias(name)?), padding))
        };
        let fc = |name: &&str| {
            let weight = task.tensor(&format!("{name}.weight"))?;
            Ok((Param::new(inputs_first(weight), device), bias(name)?))
        };
        Ok(Self {
            convs: convs.iter().map(conv).collect::<Result<_>>()?,
            pools: task.net == "lenet5",
            fcs: fcs.iter().map(fc).collect::<Result<_>>()?,
        })
    }

    fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let mut x = images;
        for ((weight, bias), padding) in &self.convs {
            let options = ConvOptions::new([1, 1], [*padding, *padding], [1, 1], 1);
            x = relu(conv2d(x, weight.value.clone(), Some(bias.value.clone()), options));
            if self.pools {
                let options = MaxPoolOptions {
                    kernel_size: [2, 2],
                    stride: [2, 2],
                    padding: [(0, 0); 2],
                    dilation: [1, 1],
                    ceil_mode: false,
                };
                x = max_pool2d(x, options);
            }
        }
        let mut x: Tensor<2> = x.flatten(1, 3);
        for (index, (weight, bias)) in self.fcs.iter().enumerate() {
            x = linear(x, weight.value.clone(), Some(bias.value.clone()));
            if index + 1 < self.fcs.len() {
                x = relu(x);
            }
        }
        x
    }

    fn update(&mut self, adam: &Adam, grads: &mut Gradients) -> Result<()> {
        for ((weight, bias), _) in &mut self.convs {
            weight.update(adam, grads)?;
            bias.update(adam, grads)?;
        }
        for (weight, bias) in &mut self.fcs {
            weight.update(adam, grads)?;
            bias.update(adam, grads)?;
        }
        Ok(())
    }
}

/// As burn has weights.
fn inputs_first((values, shape): (Vec<f32>, Vec<usize>)) -> (Vec<f32>, Vec<usize>) {
    let inputs = shape[1];
    let column = |input| values.iter().skip(input).step_by(inputs);
    ((0..inputs).flat_map(column).copied().collect(), vec![inputs, shape[0]])
}

pub fn run(task: &Task) -> Result<()> {
    let device = Device::default().autodiff();
    let mut net = Net::new(task, &device)?;
    let adam = AdamConfig::new().with_epsilon(1e-8).build();
    let mut batches = Vec::new();
    for (images, labels) in task.batches()? {
        let labels = TensorData::new(labels, [task.shape[0], 1]);
        let images = Tensor::<4>::from_data(TensorData::new(images, task.shape), &device);
        batches.push((images, Tensor::<2, Int>::from_data(labels, &device)));
    }
    let step = |batch: usize| {
        let (images, labels) = batches[batch].clone();
        let loss = log_softmax(net.forward(images), 1).gather(1, labels).mean().neg();
        let mut grads = loss.backward();
        net.update(&adam, &mut grads)?;
        Ok(loss.inner())
    };
    task.train(step, |loss: &Tensor<1>| Ok(loss.to_data().try_to_vec::<f32>()?[0]))
}
