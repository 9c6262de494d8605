use anyhow::{Result, bail};
use candle_core::{Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, loss};

use super::LEARNING_RATE;
use crate::Task;
use crate::candle::{conv, fc};

/// Weight and bias of a layer.
type Layer = (Tensor, Tensor);

pub fn run(task: &Task) -> Result<()> {
    let mut vars = Vec::new();
    let mut var = |name: String| -> Result<Tensor> {
        let (values, shape) = task.tensor(&name)?;
        let var = Var::from_vec(values, shape, &Device::Cpu)?;
        vars.push(var.clone());
        Ok(var.as_tensor().clone())
    };
    let mut layer =
        |name: &str| -> Result<Layer> { Ok((var(format!("{name}.weight"))?, var(format!("{name}.bias"))?)) };
    match &task.net[..] {
        "dummy" => {
            let [conv1, fc1] = [layer("conv1")?, layer("fc1")?];
            train(task, vars, |x| fc(&conv(x, &conv1, 0)?.relu()?.flatten_from(1)?, &fc1))
        }
        "lenet5" => {
            let [conv1, conv2] = [layer("conv1")?, layer("conv2")?];
            let [fc1, fc2, fc3] = [layer("fc1")?, layer("fc2")?, layer("fc3")?];
            train(task, vars, |x| {
                let x = conv(x, &conv1, 2)?.relu()?.max_pool2d(2)?;
                let x = conv(&x, &conv2, 0)?.relu()?.max_pool2d(2)?.flatten_from(1)?;
                fc(&fc(&fc(&x, &fc1)?.relu()?, &fc2)?.relu()?, &fc3)
            })
        }
        net => bail!("{net} is not written for candle"),
    }
}

/// candle has AdamW alone, which is Adam where nothing decays.
fn train(task: &Task, vars: Vec<Var>, forward: impl Fn(&Tensor) -> Result<Tensor>) -> Result<()> {
    let params = ParamsAdamW { lr: LEARNING_RATE, weight_decay: 0.0, ..ParamsAdamW::default() };
    let mut optimizer = AdamW::new(vars, params)?;
    let mut batches = Vec::new();
    for (images, labels) in task.batches()? {
        let labels: Vec<u32> = labels.into_iter().map(u32::try_from).collect::<Result<_, _>>()?;
        let len = labels.len();
        batches.push((
            Tensor::from_vec(images, &task.shape, &Device::Cpu)?,
            Tensor::from_vec(labels, len, &Device::Cpu)?,
        ));
    }
    let step = |batch: usize| {
        let (images, labels) = &batches[batch];
        let loss = loss::cross_entropy(&forward(images)?, labels)?;
        optimizer.backward_step(&loss)?;
        Ok(loss)
    };
    task.train(step, |loss| Ok(loss.to_scalar()?))
}
