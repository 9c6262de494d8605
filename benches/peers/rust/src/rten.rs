use anyhow::Result;
use rten::Model;
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};

use crate::Task;

pub fn run(task: &Task) -> Result<()> {
    let model = Model::load_file(task.folder.join("net.onnx"))?;
    let input = NdTensorView::from_data(task.shape, &task.images[..]);
    let forward = || Ok(NdTensor::<f32, 2>::try_from(model.run_one(input.into(), None)?)?);
    task.serve(forward, |output| Ok(output.to_vec()))
}
