//! The forward pass allocates nothing, and neither does the next batch of training data.

#[path = "nets/dummy_net.rs"]
mod dummy_net;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use cnn_runtime::Shape;
use cnn_runtime::data::{Augmentation, Augmented, Batches, DataError, Dataset, Digits};
use dummy_net::DummyNet;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the allocations of each thread.
struct Counting;

// SAFETY: all calls go to `System`, which upholds the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller upholds the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller upholds the contract of `dealloc`, which is the same.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static GLOBAL: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

#[test]
fn forward_allocates_nothing() {
    let net = DummyNet::init(1);
    let mut engine = net.engine();
    let images = vec![[[[1.0; 7]; 7]; 3]; 100];
    let mut outputs = vec![[0.0; 10]; 100];
    assert_eq!(allocations(|| outputs[0] = *engine.forward(&images[0])), 0);
    assert_eq!(allocations(|| engine.forward_batch(&images, &mut outputs).unwrap()), 0);
    assert_ne!(allocations(|| drop(engine.clone())), 0);
}

/// A set that remembers how often its thread has allocated until image 64, and until the last.
struct Watched<D>(D, [AtomicUsize; 2]);

impl<D: Dataset> Dataset for Watched<D> {
    type Target = D::Target;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn shape(&self) -> Shape {
        self.0.shape()
    }

    fn get(&self, index: usize, draw: u64, image: &mut [f32]) -> Result<D::Target, DataError> {
        let target = self.0.get(index, draw, image);
        if index == 64 || index + 1 == self.len() {
            self.1[usize::from(index > 64)].store(ALLOCATIONS.get(), Ordering::Relaxed);
        }
        target
    }
}

#[test]
fn batches_allocate_nothing_once_they_flow() -> Result<(), DataError> {
    let changes = [Augmentation::Shift { pixels: 2 }, Augmentation::Rotation { degrees: 9.0 }, Augmentation::Flip];
    let data = Watched(Augmented::new(Digits::new(1, 4096), changes)?, Default::default());
    for ahead in [0, 2] {
        let mut counts = Vec::with_capacity(4096);
        Batches::new(&data, 8).ahead(ahead).for_each(|_| {
            counts.push(ALLOCATIONS.get());
            Ok::<_, DataError>(())
        })?;
        let [first, last] = [0, 1].map(|i| data.1[i].load(Ordering::Relaxed));
        // What the channels need when a thread waits for the first time, whenever that is.
        let waiting = if ahead == 0 { 0 } else { 8 };
        assert!(last - first <= waiting, "the loader allocates: {}", last - first);
        assert!(counts[511] - counts[8] <= waiting, "the user's thread allocates: {}", counts[511] - counts[8]);
    }
    Ok(())
}
