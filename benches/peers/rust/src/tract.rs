use anyhow::Result;
use tract_onnx::prelude::*;

use crate::Task;

pub fn run(task: &Task, threads: usize) -> Result<()> {
    anyhow::ensure!(threads == 1, "tract computes one image on one thread");
    let model = tract_onnx::onnx().model_for_path(task.folder.join("net.onnx"))?.into_optimized()?.into_runnable()?;
    let input: TValue = Tensor::from_shape(&task.shape, &task.images)?.into();
    let values = |outputs: &TVec<TValue>| Ok(outputs[0].to_plain_array_view::<f32>()?.iter().copied().collect());
    task.serve(|| Ok(model.run(tvec!(input.clone()))?), values)
}
