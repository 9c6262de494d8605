use anyhow::{Result, ensure};
use burn::tensor::activation::relu;
use burn::tensor::module::{conv2d, linear, max_pool2d};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor, TensorData};

use crate::Task;

pub fn run(task: &Task) -> Result<()> {
    ensure!(["dummy", "lenet5"].contains(&&task.net[..]), "{} is not written for burn", task.net);
    let device = Device::default();
    let images = Tensor::<4>::from_data(TensorData::new(task.images.clone(), task.shape), &device);
    let conv_weight = |name: &str| -> Result<(Tensor<4>, Tensor<1>)> {
        let [weight, bias] = [task.tensor(&format!("{name}.weight"))?, task.tensor(&format!("{name}.bias"))?];
        let tensor = |(values, shape): (Vec<f32>, Vec<usize>)| TensorData::new(values, shape);
        Ok((Tensor::from_data(tensor(weight), &device), Tensor::from_data(tensor(bias), &device)))
    };
    let fc_weight = |name: &str| -> Result<(Tensor<2>, Tensor<1>)> {
        let [weight, bias] = [task.tensor(&format!("{name}.weight"))?, task.tensor(&format!("{name}.bias"))?];
        let tensor = |(values, shape): (Vec<f32>, Vec<usize>)| TensorData::new(values, shape);
        // burn has inputs first.
        let weight = Tensor::<2>::from_data(tensor(weight), &device).transpose();
        Ok((weight, Tensor::from_data(tensor(bias), &device)))
    };
    let conv = |x, layer: &(Tensor<4>, Tensor<1>), padding| {
        let options = ConvOptions::new([1, 1], [padding, padding], [1, 1], 1);
        relu(conv2d(x, layer.0.clone(), Some(layer.1.clone()), options))
    };
    let fc = |x, layer: &(Tensor<2>, Tensor<1>)| linear(x, layer.0.clone(), Some(layer.1.clone()));
    let pool = |x| {
        let options = MaxPoolOptions {
            kernel_size: [2, 2],
            stride: [2, 2],
            padding: [(0, 0); 2],
            dilation: [1, 1],
            ceil_mode: false,
        };
        max_pool2d(x, options)
    };
    let values = |output: &Tensor<2>| Ok(output.to_data().try_to_vec::<f32>()?);
    if task.net == "dummy" {
        let (conv1, fc1) = (conv_weight("conv1")?, fc_weight("fc1")?);
        let forward = || {
            let x: Tensor<2> = conv(images.clone(), &conv1, 0).flatten(1, 3);
            Ok(fc(x, &fc1))
        };
        return task.serve(forward, values);
    }
    let [conv1, conv2] = [conv_weight("conv1")?, conv_weight("conv2")?];
    let [fc1, fc2, fc3] = [fc_weight("fc1")?, fc_weight("fc2")?, fc_weight("fc3")?];
    let forward = || {
        let x = pool(conv(images.clone(), &conv1, 2));
        let x: Tensor<2> = pool(conv(x, &conv2, 0)).flatten(1, 3);
        Ok(fc(relu(fc(relu(fc(x, &fc1)), &fc2)), &fc3))
    };
    task.serve(forward, values)
}
