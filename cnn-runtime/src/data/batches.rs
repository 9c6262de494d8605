//! Batches of a set, loaded while the one before is used.

use std::ops::Range;
use std::panic;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use super::error::{DataError, Item, reserve};
use super::memory::check_finite;
use super::random::{Random, mix};
use super::{Dataset, value_count};
use crate::{Image, Shape};

/// In which order the images of a set are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// As they stand in the set.
    #[default]
    Sequential,
    /// At random, each once.
    Shuffled {
        /// The training's.
        seed: u64,
        /// Each has another order.
        epoch: u64,
    },
}

impl Order {
    /// The index of each image of a set of `len`, in the order in which they are shown; the same on every machine.
    ///
    /// # Errors
    ///
    /// If the indices do not fit in memory.
    pub fn indices(self, len: usize) -> Result<Vec<usize>, DataError> {
        let mut indices = reserve(len)?;
        indices.extend(0..len);
        if let Self::Shuffled { seed, epoch } = self {
            Random::new(seed, epoch).shuffle(&mut indices);
        }
        Ok(indices)
    }

    /// What augmentations of image `index` draw from.
    fn draw(self, index: usize) -> u64 {
        let (seed, epoch) = match self {
            Self::Sequential => (0, 0),
            Self::Shuffled { seed, epoch } => (seed, epoch),
        };
        mix(mix(seed, epoch), index as u64)
    }
}

/// One pass over a set, in batches.
///
/// The images are loaded by a thread of its own, ahead of their use, into memory that is used again and again.
///
/// ```
/// use cnn_runtime::data::{Batches, DataError, Digits};
///
/// let digits = Digits::new(1, 100);
/// let mut seen = 0;
/// // From batch 2 on, as after an interruption.
/// Batches::new(&digits, 32).shuffled(7, 0).skip(2).for_each(|batch| {
///     seen += batch.targets.len();
///     Ok::<_, DataError>(())
/// })?;
/// assert_eq!(seen, 36);
/// # Ok::<_, DataError>(())
/// ```
#[derive(Debug)]
pub struct Batches<'a, D: ?Sized> {
    data: &'a D,
    size: usize,
    order: Order,
    skip: usize,
    ahead: usize,
}

/// Some images of a set.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, T> {
    /// Which one, from 0 at the start of the epoch.
    pub number: usize,
    /// The shape of every image.
    pub shape: Shape,
    /// The images, one behind another.
    pub images: &'a [f32],
    /// What each image is to be.
    pub targets: &'a [T],
    /// Where each image is in its set.
    pub indices: &'a [usize],
}

impl<'a, T> Batch<'a, T> {
    /// The images as a net's [`Input`](crate::Network::Input)s.
    ///
    /// # Errors
    ///
    /// If they have another shape.
    pub fn inputs<I: Image>(&self) -> Result<&'a [I], DataError> {
        if I::SHAPE != self.shape {
            let item = Item::Index(self.indices.first().copied().unwrap_or(0));
            return Err(DataError::Size { item, expected: I::SHAPE, found: self.shape });
        }
        Ok(bytemuck::cast_slice(self.images))
    }
}

impl<'a, D: Dataset + ?Sized> Batches<'a, D> {
    /// All images of a set in their order, `size` at a time; the last batch may be smaller.
    pub fn new(data: &'a D, size: usize) -> Self {
        Self { data, size, order: Order::Sequential, skip: 0, ahead: 2 }
    }

    /// In this order.
    pub fn order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    /// In the random order of this epoch: [`Order::Shuffled`].
    pub fn shuffled(self, seed: u64, epoch: u64) -> Self {
        self.order(Order::Shuffled { seed, epoch })
    }

    /// Without the first `batches`, to go on where an epoch was left.
    pub fn skip(self, batches: usize) -> Self {
        Self { skip: batches, ..self }
    }

    /// Loads so many batches while one is used: 2, unless told otherwise. With 0, they are loaded where they are used.
    pub fn ahead(self, batches: usize) -> Self {
        Self { ahead: batches, ..self }
    }

    /// How many batches, the skipped ones counted.
    pub fn len(&self) -> usize {
        self.data.len().div_ceil(self.size.max(1))
    }

    /// Whether the set has no image.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// Calls `use_batch` with each batch, in order. A panic of the set's reaches the caller.
    ///
    /// # Errors
    ///
    /// The first of `use_batch` or of the set, or if the set is empty, the size is 0, or a value is not finite. What was loaded
    /// before an image that fails is used first.
    pub fn for_each<E: From<DataError>>(
        &self,
        use_batch: impl FnMut(Batch<'_, D::Target>) -> Result<(), E>,
    ) -> Result<(), E> {
        let epoch = self.epoch()?;
        // One more is in use.
        match epoch.batches().len().min(self.ahead.saturating_add(1)) {
            0 | 1 => load_in_turn(&epoch, use_batch),
            buffers => load_ahead(&epoch, buffers, use_batch),
        }
    }

    fn epoch(&self) -> Result<Epoch<'a, D>, DataError> {
        if self.size == 0 {
            return Err(DataError::argument("the size of batches", 0, "at least 1"));
        }
        if self.data.is_empty() {
            return Err(DataError::Empty { origin: "the set".into() });
        }
        let shape = self.data.shape();
        if value_count(shape).is_none() {
            return Err(DataError::argument("the shape of images", shape, "values"));
        }
        let size = self.size.min(self.data.len());
        let indices = self.order.indices(self.data.len())?;
        Ok(Epoch { data: self.data, size, order: self.order, skip: self.skip, shape, indices })
    }
}

/// What the loader needs to know.
struct Epoch<'a, D: ?Sized> {
    data: &'a D,
    size: usize,
    order: Order,
    skip: usize,
    shape: Shape,
    /// Of the whole epoch.
    indices: Vec<usize>,
}

/// The memory of a batch.
struct Buffer<T> {
    images: Vec<f32>,
    targets: Vec<T>,
}

impl<T> Buffer<T> {
    fn new() -> Self {
        Self { images: Vec::new(), targets: Vec::new() }
    }
}

impl<D: Dataset + ?Sized> Epoch<'_, D> {
    fn batches(&self) -> Range<usize> {
        let end = self.indices.len().div_ceil(self.size);
        self.skip.min(end)..end
    }

    fn indices(&self, number: usize) -> &[usize] {
        let start = number * self.size;
        &self.indices[start..self.indices.len().min(start + self.size)]
    }

    fn load(&self, number: usize, buffer: &mut Buffer<D::Target>) -> Result<(), DataError> {
        let indices = self.indices(number);
        if buffer.images.is_empty() {
            // Only the last batch is smaller than the first.
            let len = indices.len().saturating_mul(self.shape.len());
            buffer.images = reserve(len)?;
            buffer.images.resize(len, 0.0);
            buffer.targets = reserve(indices.len())?;
        }
        buffer.targets.clear();
        for (&index, image) in indices.iter().zip(buffer.images.chunks_exact_mut(self.shape.len())) {
            buffer.targets.push(self.data.get(index, self.order.draw(index), image)?);
            check_finite(image, image.len(), |_| Item::Index(index))?;
        }
        Ok(())
    }

    fn batch<'b>(&'b self, number: usize, buffer: &'b Buffer<D::Target>) -> Batch<'b, D::Target> {
        let indices = self.indices(number);
        let images = &buffer.images[..indices.len() * self.shape.len()];
        Batch { number, shape: self.shape, images, targets: &buffer.targets, indices }
    }
}

/// Loads each batch when the one before has been used.
fn load_in_turn<D: Dataset + ?Sized, E: From<DataError>>(
    epoch: &Epoch<'_, D>,
    mut use_batch: impl FnMut(Batch<'_, D::Target>) -> Result<(), E>,
) -> Result<(), E> {
    let mut buffer = Buffer::new();
    for number in epoch.batches() {
        epoch.load(number, &mut buffer)?;
        use_batch(epoch.batch(number, &buffer))?;
    }
    Ok(())
}

type Loaded<T> = Result<Buffer<T>, DataError>;

/// Loads batches on a thread of its own, into so many `buffers`, which come back when they have been used.
fn load_ahead<D: Dataset + ?Sized, E: From<DataError>>(
    epoch: &Epoch<'_, D>,
    buffers: usize,
    use_batch: impl FnMut(Batch<'_, D::Target>) -> Result<(), E>,
) -> Result<(), E> {
    thread::scope(|scope| {
        // All buffers fit, so that neither side ever waits to send.
        let (loaded, to_use) = mpsc::sync_channel(buffers);
        let (used, to_load) = mpsc::sync_channel(buffers);
        for _ in 0..buffers {
            // The receiver is still here.
            let _ = used.send(Buffer::new());
        }
        let loader = thread::Builder::new().name("cnn-data".into());
        let Ok(loader) = loader.spawn_scoped(scope, move || load_all(epoch, &to_load, &loaded)) else {
            // The system has no thread to give.
            return load_in_turn(epoch, use_batch);
        };
        let result = use_all(epoch, to_use, used, use_batch);
        // The scope's own message would hide what the panic says.
        loader.join().unwrap_or_else(|panic| panic::resume_unwind(panic));
        result
    })
}

/// Loads until all is loaded, an image fails, or nobody wants more.
fn load_all<D: Dataset + ?Sized>(
    epoch: &Epoch<'_, D>,
    to_load: &Receiver<Buffer<D::Target>>,
    loaded: &SyncSender<Loaded<D::Target>>,
) {
    for number in epoch.batches() {
        let Ok(mut buffer) = to_load.recv() else { return };
        let result = epoch.load(number, &mut buffer).map(|()| buffer);
        let failed = result.is_err();
        if loaded.send(result).is_err() || failed {
            return;
        }
    }
}

/// Uses what is loaded. It owns its ends of the channels, so that the loader ends when it does.
fn use_all<D: Dataset + ?Sized, E: From<DataError>>(
    epoch: &Epoch<'_, D>,
    to_use: Receiver<Loaded<D::Target>>,
    used: SyncSender<Buffer<D::Target>>,
    mut use_batch: impl FnMut(Batch<'_, D::Target>) -> Result<(), E>,
) -> Result<(), E> {
    for (number, buffer) in epoch.batches().zip(&to_use) {
        let buffer = buffer?;
        use_batch(epoch.batch(number, &buffer))?;
        // Nobody takes it any more, if all is loaded.
        let _ = used.send(buffer);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
