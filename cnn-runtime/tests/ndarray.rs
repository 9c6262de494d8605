//! Batches as ndarray's arrays.
#![cfg(feature = "ndarray")]

#[path = "nets/dummy_net.rs"]
mod dummy_net;
#[path = "nets/maps_net.rs"]
mod maps_net;

use dummy_net::DummyNet;
use maps_net::MapsNet;
use ndarray::{Array, Array2, Array4, s};

fn images(count: usize) -> Array4<f32> {
    Array::from_shape_fn((count, 3, 7, 7), |(n, c, y, x)| ((n * 97 + c * 49 + y * 7 + x) as f32).sin())
}

#[test]
fn forward_ndarray_is_forward() {
    let mut engine = DummyNet::init(1).engine();
    let images = images(5);
    let outputs: Array2<f32> = engine.forward_ndarray(images.view()).unwrap();
    assert_eq!(outputs.dim(), (5, 10));
    for (image, output) in images.outer_iter().zip(outputs.outer_iter()) {
        let image: &[[[f32; 7]; 7]; 3] =
            &std::array::from_fn(|c| std::array::from_fn(|y| std::array::from_fn(|x| image[[c, y, x]])));
        assert_eq!(engine.forward(image)[..], *output.as_slice().unwrap());
    }
}

#[test]
fn any_strides() {
    let mut engine = DummyNet::init(1).engine();
    let images = images(6);
    let expected = engine.forward_ndarray(images.view()).unwrap();

    let backwards = engine.forward_ndarray(images.slice(s![..;-2, .., .., ..])).unwrap();
    assert_eq!(backwards, expected.slice(s![..;-2, ..]));

    // The same images with channels last in memory.
    let mut channels_last = Array4::zeros((6, 7, 7, 3));
    channels_last.assign(&images.view().permuted_axes([0, 2, 3, 1]));
    let view = channels_last.view().permuted_axes([0, 3, 1, 2]);
    assert_eq!(engine.forward_ndarray(view).unwrap(), expected);

    let first = images.slice(s![..1, .., .., ..]);
    let same = engine.forward_ndarray(first.broadcast((4, 3, 7, 7)).unwrap()).unwrap();
    assert_eq!(same, expected.slice(s![..1, ..]).broadcast((4, 10)).unwrap());
}

#[test]
fn empty_batch() {
    let mut engine = DummyNet::init(1).engine();
    assert_eq!(engine.forward_ndarray(images(0).view()).unwrap().dim(), (0, 10));
}

#[test]
fn maps() {
    let images = Array::from_shape_fn((2, 2, 2, 3), |(n, c, y, x)| (n + c + y + x) as f32 - 3.0);
    let outputs = MapsNet::init(1).engine().forward_ndarray(images.view()).unwrap();
    assert_eq!(outputs, images.mapv(|value| value.max(0.0)));
}

#[test]
fn another_shape_is_an_error() {
    let mut engine = DummyNet::init(1).engine();
    for dim in [(2, 3, 8, 8), (3, 7, 7, 2), (0, 3, 7, 6), (2, 1, 7, 7)] {
        let error = engine.forward_ndarray(Array4::zeros(dim).view()).unwrap_err();
        let (n, c, y, x) = dim;
        let text = format!("expected images of shape N×3×7×7, found {n}×{c}×{y}×{x}");
        assert_eq!(error.to_string(), text);
    }
}
