//! The forward pass allocates nothing.

#[path = "nets/dummy_net.rs"]
mod dummy_net;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

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
