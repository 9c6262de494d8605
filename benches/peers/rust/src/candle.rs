use anyhow::{Result, ensure};
use candle_core::{Device, Tensor};

use crate::Task;

/// Weight and bias of a layer.
type Layer = (Tensor, Tensor);

pub fn run(task: &Task) -> Result<()> {
    ensure!(["dummy", "lenet5"].contains(&&task.net[..]), "{} is not written for candle", task.net);
    let tensor = |name: String| -> Result<Tensor> {
        let (values, shape) = task.tensor(&name)?;
        Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
    };
    let layer =
        |name: &str| -> Result<Layer> { Ok((tensor(format!("{name}.weight"))?, tensor(format!("{name}.bias"))?)) };
    let images = Tensor::from_slice(&task.images, &task.shape, &Device::Cpu)?;
    let values = |output: &Tensor| Ok(output.flatten_all()?.to_vec1()?);
    if task.net == "dummy" {
        let [conv1, fc1] = [layer("conv1")?, layer("fc1")?];
        return task.serve(|| fc(&conv(&images, &conv1, 0)?.relu()?.flatten_from(1)?, &fc1), values);
    }
    let [conv1, conv2] = [layer("conv1")?, layer("conv2")?];
    let [fc1, fc2, fc3] = [layer("fc1")?, layer("fc2")?, layer("fc3")?];
    let forward = || {
        let x = conv(&images, &conv1, 2)?.relu()?.max_pool2d(2)?;
        let x = conv(&x, &conv2, 0)?.relu()?.max_pool2d(2)?.flatten_from(1)?;
        fc(&fc(&fc(&x, &fc1)?.relu()?, &fc2)?.relu()?, &fc3)
    };
    task.serve(forward, values)
}

pub fn conv(x: &Tensor, (weight, bias): &Layer, padding: usize) -> Result<Tensor> {
    Ok(x.conv2d(weight, padding, 1, 1, 1)?.broadcast_add(&bias.reshape((1, (), 1, 1))?)?)
}

pub fn fc(x: &Tensor, (weight, bias): &Layer) -> Result<Tensor> {
    Ok(x.matmul(&weight.t()?)?.broadcast_add(bias)?)
}
