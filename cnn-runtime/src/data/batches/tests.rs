use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// `len` images of three values, the first of which is the index; the target is the draw.
struct Counting {
    len: usize,
    loaded: AtomicUsize,
    /// What is wrong with which image.
    fault: Option<(usize, fn() -> DataError)>,
}

fn counting(len: usize) -> Counting {
    Counting { len, loaded: AtomicUsize::new(0), fault: None }
}

impl Dataset for Counting {
    type Target = u64;

    fn len(&self) -> usize {
        self.len
    }

    fn shape(&self) -> Shape {
        Shape::Vector(3)
    }

    fn get(&self, index: usize, draw: u64, image: &mut [f32]) -> Result<u64, DataError> {
        self.loaded.fetch_add(1, Ordering::SeqCst);
        if let Some((_, fault)) = self.fault.filter(|fault| fault.0 == index) {
            return Err(fault());
        }
        image.copy_from_slice(&[index as f32, 0.0, 1.0]);
        Ok(draw)
    }
}

/// All that is shown: number, indices, draws.
type Shown = Vec<(usize, Vec<usize>, Vec<u64>)>;

fn shown<D: Dataset<Target = u64>>(batches: &Batches<'_, D>) -> Result<Shown, DataError> {
    let mut shown = Vec::new();
    batches.for_each(|batch| {
        let first: Vec<usize> = batch.images.chunks_exact(3).map(|image| image[0] as usize).collect();
        assert_eq!(first, batch.indices);
        assert_eq!(batch.inputs::<[f32; 3]>()?.len(), batch.targets.len());
        shown.push((batch.number, batch.indices.to_vec(), batch.targets.to_vec()));
        Ok::<_, DataError>(())
    })?;
    Ok(shown)
}

#[test]
fn batches_come_in_order_however_far_ahead() -> Result<(), DataError> {
    let data = counting(10);
    let plain = shown(&Batches::new(&data, 4).ahead(0))?;
    let indices: Vec<_> = plain.iter().map(|batch| &batch.1[..]).collect();
    assert_eq!(indices, [&[0, 1, 2, 3][..], &[4, 5, 6, 7], &[8, 9]]);
    for ahead in [1, 2, 3, usize::MAX] {
        assert_eq!(shown(&Batches::new(&data, 4).ahead(ahead))?, plain);
    }
    assert_eq!(shown(&Batches::new(&data, usize::MAX))?[0].1.len(), 10);
    assert_eq!(Batches::new(&data, 4).len(), 3);
    Ok(())
}

#[test]
fn epochs_repeat_and_resume() -> Result<(), DataError> {
    let data = counting(101);
    let epoch = |epoch| Batches::new(&data, 8).shuffled(5, epoch);
    let first = shown(&epoch(0))?;
    let mut all: Vec<_> = first.iter().flat_map(|batch| batch.1.clone()).collect();
    assert_ne!(all, (0..101).collect::<Vec<_>>());
    all.sort_unstable();
    assert_eq!(all, (0..101).collect::<Vec<_>>());
    assert_eq!(first, shown(&epoch(0))?);
    let second = shown(&epoch(1))?;
    assert!(first.iter().zip(&second).all(|(first, second)| first.1 != second.1 && first.2 != second.2));
    for skip in [0, 1, 5, 12, 13, usize::MAX] {
        assert_eq!(shown(&epoch(1).skip(skip))?, second[skip.min(13)..]);
    }
    // No two images draw the same, nor one in two epochs.
    let mut draws: Vec<_> = first.iter().chain(&second).flat_map(|batch| batch.2.clone()).collect();
    draws.sort_unstable();
    draws.dedup();
    assert_eq!(draws.len(), 202);
    Ok(())
}

#[test]
fn orders_are_the_same_on_every_machine() -> Result<(), DataError> {
    assert_eq!(Order::Shuffled { seed: 1, epoch: 2 }.indices(10)?, [9, 4, 1, 0, 7, 5, 3, 2, 6, 8]);
    Ok(())
}

#[test]
fn no_more_is_loaded_than_asked_for() -> Result<(), DataError> {
    let data = counting(1000);
    let mut used = 0;
    Batches::new(&data, 10).ahead(3).for_each(|batch| {
        used += batch.indices.len();
        assert!(data.loaded.load(Ordering::SeqCst) <= used + 30);
        Ok::<_, DataError>(())
    })?;
    assert_eq!(data.loaded.into_inner(), 1000);
    Ok(())
}

#[test]
fn memory_is_used_again() -> Result<(), DataError> {
    let (data, mut places) = (counting(1000), Vec::new());
    Batches::new(&data, 10).ahead(2).for_each(|batch| {
        places.push(batch.images.as_ptr());
        Ok::<_, DataError>(())
    })?;
    places.sort_unstable();
    places.dedup();
    assert!(places.len() <= 3, "{places:?}");
    Ok(())
}

#[test]
fn an_error_ends_the_epoch() {
    for ahead in [0, 2] {
        let mut data = counting(100);
        data.fault = Some((57, || DataError::other("the disk is on fire")));
        let mut batches = 0;
        let result = Batches::new(&data, 10).ahead(ahead).for_each(|_| {
            batches += 1;
            Ok::<_, DataError>(())
        });
        assert_eq!((batches, result.unwrap_err().to_string()), (5, "the disk is on fire".into()));

        let data = counting(100_000);
        let result = Batches::new(&data, 10)
            .ahead(ahead)
            .for_each(|batch| if batch.number == 3 { Err(DataError::other("enough")) } else { Ok(()) });
        assert_eq!(result.unwrap_err().to_string(), "enough");
        assert!(data.loaded.into_inner() <= 60);
    }
}

#[test]
fn a_panic_reaches_the_caller() {
    let message = |work: &dyn Fn() -> Result<(), DataError>| {
        let panic = panic::catch_unwind(AssertUnwindSafe(work)).unwrap_err();
        *panic.downcast::<&str>().unwrap()
    };
    for ahead in [0, 2] {
        let mut data = counting(100);
        data.fault = Some((57, || panic!("the set's")));
        assert_eq!(message(&|| Batches::new(&data, 10).ahead(ahead).for_each(|_| Ok(()))), "the set's");
        let data = counting(100_000);
        assert_eq!(message(&|| Batches::new(&data, 10).ahead(ahead).for_each(|_| panic!("the user's"))), "the user's");
    }
}

#[test]
fn what_is_not_finite_is_an_error() {
    struct Faulty(Mutex<f32>);
    impl Dataset for Faulty {
        type Target = ();
        fn len(&self) -> usize {
            5
        }
        fn shape(&self) -> Shape {
            Shape::Vector(2)
        }
        fn get(&self, index: usize, _draw: u64, image: &mut [f32]) -> Result<(), DataError> {
            image.fill(0.0);
            if index == 3 {
                image[1] = *self.0.lock().unwrap();
            }
            Ok(())
        }
    }
    let error = Batches::new(&Faulty(f32::NAN.into()), 2).for_each(|_| Ok(())).unwrap_err();
    let DataError::NotFinite { item: Item::Index(3), position: 1, .. } = error else { panic!("{error}") };
}

#[test]
fn what_cannot_be_divided_into_batches() {
    let error =
        |data: &Counting, size| Batches::new(data, size).for_each(|_| Ok(())).map_err(|e: DataError| e.to_string());
    assert_eq!(error(&counting(0), 2), Err("no images in the set".into()));
    assert_eq!(error(&counting(5), 0), Err("the size of batches is 0, expected at least 1".into()));
    let error = Batches::new(&counting(5), 2).for_each(|batch| batch.inputs::<[f32; 4]>().map(|_| ())).unwrap_err();
    assert_eq!(error.to_string(), "image 0 is 3, expected 4");
    let error = Batches::new(&counting(1 << 60), 1 << 59).for_each(|_| Ok(())).map_err(|e: DataError| e.to_string());
    assert_eq!(error, Err("9223372036854775808 bytes of images do not fit in memory".into()));
}
