//! Weights in safetensors files.
#![cfg(feature = "safetensors")]
#![forbid(unsafe_code)]

#[path = "nets/dummy_net.rs"]
mod dummy_net;
#[path = "nets/maps_net.rs"]
mod maps_net;

use std::fs;

use cnn_runtime::{TensorFault, WeightsErrorKind};
use dummy_net::DummyNet;
use maps_net::MapsNet;
use proptest::prelude::*;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

/// A safetensors file of zeros.
fn file(tensors: &[(&str, Dtype, &[usize])]) -> Vec<u8> {
    let zeros = vec![0; 100_000];
    let tensors = tensors.iter().map(|&(name, dtype, shape)| {
        let bytes = shape.iter().product::<usize>() * dtype.bitsize() / 8;
        (name, TensorView::new(dtype, shape.to_vec(), &zeros[..bytes]).unwrap())
    });
    serialize(tensors, None).unwrap()
}

/// A safetensors file with any header.
fn raw(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

fn error(bytes: &[u8]) -> String {
    DummyNet::from_safetensors(bytes).unwrap_err().to_string()
}

#[test]
fn round_trip() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("net.safetensors");
    let net = DummyNet::init(1);
    net.save(&path).unwrap();
    assert_eq!(DummyNet::load(&path).unwrap().params(), net.params());
    assert_eq!(fs::read(&path).unwrap(), net.to_safetensors());
    let same = DummyNet::from_safetensors(&net.to_safetensors()).unwrap();
    assert_eq!(same.params(), net.params());

    DummyNet::init(2).save(&path).unwrap();
    assert_eq!(DummyNet::load(&path).unwrap().params(), DummyNet::init(2).params());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn others_read_what_we_write() {
    let net = DummyNet::init(1);
    let bytes = net.to_safetensors();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(file.len(), 4);
    let tensor = file.tensor("fc1.weight").unwrap();
    assert_eq!((tensor.dtype(), tensor.shape()), (Dtype::F32, &[10, 225][..]));
    let values = tensor.data().chunks(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
    assert!(values.eq(net.params()[252..2502].iter().copied()));
    assert_eq!((bytes.len() - 4 * 2512) % 8, 0);
}

#[test]
fn we_read_what_others_write() {
    // In another order than the net's.
    let bias: Vec<u8> = (0..10).flat_map(|i| (i as f32).to_le_bytes()).collect();
    let zeros = [0; 9000];
    let tensors = [
        ("fc1.bias", vec![10], &bias[..]),
        ("conv1.weight", vec![9, 3, 3, 3], &zeros[..972]),
        ("fc1.weight", vec![10, 225], &zeros[..9000]),
        ("conv1.bias", vec![9], &zeros[..36]),
    ];
    let tensors = tensors.map(|(name, shape, data)| (name, TensorView::new(Dtype::F32, shape, data).unwrap()));
    let net = DummyNet::from_safetensors(&serialize(tensors, None).unwrap()).unwrap();
    assert_eq!(net.fc1.bias, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    assert_eq!(net.params()[..2502], [0.0; 2502]);
}

#[test]
fn no_parameters() {
    let bytes = MapsNet::init(1).to_safetensors();
    assert!(SafeTensors::deserialize(&bytes).unwrap().is_empty());
    assert!(MapsNet::from_safetensors(&bytes).is_ok());
}

#[test]
fn one_error_lists_all_that_differs() {
    let bytes = file(&[
        ("conv1.weight", Dtype::F32, &[9, 3, 5, 5]),
        ("conv2.weight", Dtype::F32, &[1]),
        ("conv2.\nbias", Dtype::F32, &[]),
        ("fc1.weight", Dtype::F16, &[10, 225]),
        ("fc1.bias", Dtype::I64, &[9]),
    ]);
    let expected = r"the weights do not fit `DummyNet`:
  `conv1.weight` has shape [9, 3, 5, 5], expected [9, 3, 3, 3]
  missing `conv1.bias`, expected F32 [9]
  `fc1.bias` is I64, expected F32, F16, BF16 or F64
  `fc1.bias` has shape [9], expected [10]
  unexpected `conv2.\nbias` of shape []
  unexpected `conv2.weight` of shape [1]";
    assert_eq!(error(&bytes), expected);

    let WeightsErrorKind::Mismatch { net, faults } = DummyNet::from_safetensors(&bytes).unwrap_err().kind else {
        panic!("another kind");
    };
    assert_eq!((net, faults.len()), ("DummyNet", 6));
    let missing = TensorFault::Missing { name: "conv1.bias".into(), shape: vec![9] };
    assert_eq!(faults[1], missing);
}

#[test]
fn a_common_prefix_is_named() {
    let bytes = file(&[
        ("backbone.conv1.weight", Dtype::F32, &[9, 3, 3, 3]),
        ("backbone.conv1.bias", Dtype::F32, &[9]),
        ("backbone.fc1.weight", Dtype::F32, &[10, 225]),
        ("backbone.fc1.bias", Dtype::F32, &[10]),
        ("head.weight", Dtype::F32, &[1]),
    ]);
    let help = "help: the net's tensors are under `backbone.`: `LoadOptions::new().prefix(\"backbone.\")`";
    assert!(error(&bytes).ends_with(help), "{}", error(&bytes));
    let options = cnn_runtime::LoadOptions::new().prefix("backbone.");
    assert!(options.from_bytes::<DummyNet>(&bytes).is_ok());
}

#[test]
fn load_names_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("net.safetensors");
    let missing = DummyNet::load(&path).unwrap_err();
    assert!(matches!(missing.kind, WeightsErrorKind::Io(_)));
    let prefix = format!("`{}`: ", path.display());
    assert!(missing.to_string().starts_with(&prefix), "{missing}");

    fs::write(&path, b"short").unwrap();
    let text = DummyNet::load(&path).unwrap_err().to_string();
    let malformed = "not a safetensors file: expected at least 8 bytes, found 5";
    assert_eq!(text, format!("{prefix}{malformed}"));
    assert!(DummyNet::load(dir.path()).is_err());
}

#[test]
fn hostile_files_are_errors() {
    let net = DummyNet::init(1).to_safetensors();
    let huge = [u64::MAX.to_le_bytes(), *b"{}      "].concat();
    let cases: &[(&[u8], &str)] = &[
        (b"", "expected at least 8 bytes, found 0"),
        (&huge, "expected a header of at most 8 bytes, found 18446744073709551615"),
        (&[9, 0, 0, 0, 0, 0, 0, 0, b'{'], "expected a header of at most 1 bytes, found 9"),
        (&raw("weights", 0), "header: expected value at line 1 column 1"),
        (&raw("{\"\u{0}", 0), "header: "),
        (&raw("[]", 0), "header: "),
        (&raw(&"[".repeat(100_000), 0), "header: "),
        (&raw(&"{\"a\":".repeat(100_000), 0), "header: "),
        (&raw(r#"{"a":{"dtype":"F32","shape":[1]}}"#, 4), "header: missing field `data_offsets`"),
        (&raw(r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8), "expected 4 bytes of data, found 8"),
        (
            &raw(
                r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
                12,
            ),
            "header: invalid offset for tensor `b`",
        ),
        (&raw(r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4), "header: invalid offset for tensor `a`"),
        (
            &raw(r#"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}"#, 4),
            "header: overflow",
        ),
        (&net[..net.len() - 1], "expected 10048 bytes of data, found 10047"),
        (&[&net[..], b"x"].concat(), "expected 10048 bytes of data, found 10049"),
    ];
    for (bytes, expected) in cases {
        let error = error(bytes);
        let expected = format!("not a safetensors file: {expected}");
        assert!(error.starts_with(&expected), "{error}\n{expected}");
    }
}

#[test]
fn truncated_files_are_errors() {
    let bytes = DummyNet::init(1).to_safetensors();
    for len in 0..bytes.len() {
        assert!(DummyNet::from_safetensors(&bytes[..len]).is_err());
    }
}

proptest! {
    #[test]
    fn damaged_headers_never_panic(at in 0_usize..320, byte: u8) {
        let mut bytes = DummyNet::init(1).to_safetensors();
        bytes[at] = byte;
        let _ = DummyNet::from_safetensors(&bytes);
    }
}

#[test]
fn a_failed_save_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    // The rename fails, for a directory is not replaced by a file.
    let path = dir.path().join("taken");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("file"), "").unwrap();
    assert!(DummyNet::init(1).save(&path).is_err());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);

    let nowhere = dir.path().join("nowhere").join("net.safetensors");
    assert!(DummyNet::init(1).save(&nowhere).is_err());
    assert!(!nowhere.exists());
    assert!(DummyNet::init(1).save(dir.path().join("..")).is_err());
}

#[test]
fn concurrent_saves_leave_one_whole_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("net.safetensors");
    DummyNet::init(0).save(&path).unwrap();
    std::thread::scope(|scope| {
        for seed in 1..4 {
            let path = &path;
            scope.spawn(move || {
                for _ in 0..20 {
                    DummyNet::init(seed).save(path).unwrap();
                    DummyNet::load(path).unwrap();
                }
            });
        }
    });
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}
