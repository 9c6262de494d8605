//! How good a net is on a set.

use super::{Accuracy, ConfusionMatrix, Evaluation, Loss, RunningMean, TrainError};
use crate::Network;
use crate::data::{Batches, Dataset};
use crate::params::as_slice;

/// Loss and, of classes, accuracy of a net on a set, as an engine of so many threads computes them: without dropout, and with
/// running statistics.
///
/// ```
/// # fn report<N: cnn_runtime::Network>(net: &N) -> Result<(), cnn_runtime::train::TrainError> {
/// use cnn_runtime::data::Digits;
/// use cnn_runtime::train::{CrossEntropy, evaluate};
///
/// let held_out = evaluate(net, &Digits::new(2, 1000), &CrossEntropy::new(), 2)?;
/// println!("{} {:?}", held_out.loss, held_out.accuracy);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the set is empty, an image cannot be read or has another shape, or a target does not fit.
pub fn evaluate<N: Network, D: Dataset>(
    net: &N,
    data: &D,
    criterion: &impl Loss<D::Target>,
    threads: usize,
) -> Result<Evaluation, TrainError> {
    let mut engine = net.engine_with(threads);
    let mut outputs: Vec<N::Output> = Vec::new();
    let (mut loss, mut accuracy, mut confusion) = (RunningMean::new(), None, None);
    let len = N::OUTPUT_SHAPE.len();
    let [mut exact, mut unused] = [vec![0.0; len], vec![0.0; len]];
    Batches::new(data, 256).for_each(|batch| {
        let images: &[N::Input] = batch.inputs()?;
        outputs.resize(images.len(), bytemuck::Zeroable::zeroed());
        engine.forward_all(images, &mut outputs);
        for ((output, target), &image) in outputs.iter().zip(batch.targets).zip(batch.indices) {
            criterion.check(len, target).map_err(|source| TrainError::Target { image, source })?;
            let output = as_slice(output);
            exact.iter_mut().zip(output).for_each(|(exact, &value)| *exact = value.into());
            loss.add(criterion.loss(&exact, target, &mut unused), criterion.weight(target));
            if let Some(label) = criterion.label(target) {
                accuracy.get_or_insert_with(Accuracy::new).add(output, label);
                let confusion = confusion.get_or_insert_with(|| ConfusionMatrix::new(len));
                confusion.add(output, label).map_err(|source| TrainError::Target { image, source })?;
            }
        }
        Ok::<_, TrainError>(())
    })?;
    Ok(Evaluation { loss: loss.value(), accuracy: accuracy.map(|accuracy| accuracy.value()), confusion })
}
