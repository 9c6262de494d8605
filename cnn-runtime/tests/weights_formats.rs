//! Files of PyTorch and NumPy, and files with other names. `golden/generate.py` wrote those in `golden/`.
#![cfg(feature = "safetensors")]
#![forbid(unsafe_code)]

#[path = "nets/norm_net.rs"]
mod norm_net;

use cnn_runtime::{LoadOptions, Space, TensorFault, WeightsErrorKind};
use norm_net::NormNet;
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

/// All values of a net, the buffers behind the parameters.
fn values(net: &NormNet) -> Vec<f32> {
    let stats = &net.buffers.bn1;
    [net.params(), &stats.running_mean[..], &stats.running_var].concat()
}

/// What `generate.py` writes: multiples of `factor`.
fn multiples(factor: f64) -> Vec<f32> {
    (0..18).map(|i| (factor * f64::from(i)) as f32).collect()
}

/// The tensors of [`NormNet`] with the values of [`multiples`] of ¼, by other names.
fn renamed(name: impl Fn(&str) -> String) -> Vec<u8> {
    let (net, others) = (golden(), [0; 8]);
    let bytes = net.to_safetensors();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut tensors: Vec<_> = file.iter().map(|(old, tensor)| (name(old), tensor)).collect();
    tensors.push(("head.weight".into(), TensorView::new(Dtype::F32, vec![2], &others).unwrap()));
    serialize(tensors, None).unwrap()
}

fn golden() -> Box<NormNet> {
    NormNet::from_safetensors(include_bytes!("golden/torch_f16.safetensors")).unwrap()
}

#[test]
fn torch_files_of_every_type() {
    assert_eq!(values(&golden()), multiples(0.25));
    let bf16 = NormNet::from_safetensors(include_bytes!("golden/torch_bf16.safetensors")).unwrap();
    assert_eq!(values(&bf16), multiples(0.25));
    let f64 = NormNet::from_safetensors(include_bytes!("golden/torch_f64.safetensors")).unwrap();
    assert_eq!(values(&f64), multiples(0.1));
}

#[test]
fn buffers_are_saved() {
    let mut net = NormNet::init(1);
    assert_eq!(values(&net)[12..], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    net.buffers.bn1.running_var[2] = 7.0;
    let bytes = net.to_safetensors();
    let names: Vec<String> = SafeTensors::deserialize(&bytes).unwrap().names().into_iter().map(String::from).collect();
    assert_eq!(names.len(), 5);
    assert!(names.contains(&"bn1.running_var".into()));
    assert_eq!(values(&NormNet::from_safetensors(&bytes).unwrap()), values(&net));
}

#[test]
fn buffers_are_checked() {
    let tensors = [
        ("conv1.weight", Dtype::F32, vec![3, 2]),
        ("bn1.weight", Dtype::F32, vec![3, 1, 1]),
        ("bn1.bias", Dtype::F32, vec![3]),
        ("bn1.running_mean", Dtype::F32, vec![1, 3]),
        ("bn1.num_batches_tracked", Dtype::I64, vec![]),
        ("num_batches_tracked", Dtype::I64, vec![]),
        ("bn1.num_batches_tracked.0", Dtype::I64, vec![]),
    ];
    let zeros = [0; 100];
    let tensors = tensors.map(|(name, dtype, shape)| {
        let bytes = shape.iter().product::<usize>() * dtype.bitsize() / 8;
        (name, TensorView::new(dtype, shape, &zeros[..bytes]).unwrap())
    });
    let error = NormNet::from_safetensors(&serialize(tensors, None).unwrap()).unwrap_err();
    let expected = "the weights do not fit `NormNet`:
  `bn1.running_mean` has shape [1, 3], expected [3]
  missing `bn1.running_var`, expected F32 [3]
  unexpected `bn1.num_batches_tracked.0` of shape []";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn prefix() {
    let bytes = renamed(|name| format!("backbone.{name}"));
    let net = LoadOptions::new().prefix("backbone.").from_bytes::<NormNet>(&bytes).unwrap();
    assert_eq!(values(&net), multiples(0.25));

    let error = LoadOptions::new().prefix("head.").from_bytes::<NormNet>(&bytes).unwrap_err().to_string();
    assert!(
        error.ends_with("  missing `bn1.running_var`, expected F32 [3]\n  unexpected `weight` of shape [2]"),
        "{error}"
    );
}

#[test]
fn rename() {
    let bytes = renamed(|name| format!("net.{}", name.replace("conv1", "0").replace("bn1", "1")));
    let names = [("0", "conv1"), ("1", "bn1")];
    let options = LoadOptions::new().prefix("net.").rename(|name| {
        let (layer, tensor) = name.split_once('.')?;
        let (_, layer) = names.iter().find(|(old, _)| *old == layer)?;
        Some(format!("{layer}.{tensor}"))
    });
    assert_eq!(values(&options.from_bytes::<NormNet>(&bytes).unwrap()), multiples(0.25));
    assert_eq!(format!("{options:?}"), r#"LoadOptions { prefix: "net.", rename: Some(|name| …) }"#);

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("net");
    std::fs::write(&path, &bytes).unwrap();
    assert_eq!(values(&options.load::<NormNet>(&path).unwrap()), multiples(0.25));
    assert_eq!(values(&Space::<NormNet>::new().load_with(&options, &path).unwrap()), multiples(0.25));

    // Without `None`, the head is left over.
    let keep = LoadOptions::new().rename(|name| Some(name.replace("net.0", "conv1").replace("net.1", "bn1")));
    let error = keep.from_bytes::<NormNet>(&bytes).unwrap_err().to_string();
    assert_eq!(error, "the weights do not fit `NormNet`:\n  unexpected `head.weight` of shape [2]");
}

#[test]
fn two_tensors_with_one_name() {
    let bytes = renamed(str::to_owned);
    let options = LoadOptions::new().rename(|name| Some(name.replace("head", "bn1")));
    let WeightsErrorKind::Mismatch { faults, .. } = options.from_bytes::<NormNet>(&bytes).unwrap_err().kind else {
        panic!("another kind");
    };
    let duplicate =
        TensorFault::Duplicate { name: "bn1.weight".into(), first: "bn1.weight".into(), second: "head.weight".into() };
    assert_eq!(duplicate.to_string(), "`bn1.weight` and `head.weight` are both renamed to `bn1.weight`");
    assert_eq!(faults, [duplicate]);
}

/// What `torch.save` writes is not read, but recognised.
#[test]
fn files_of_torch_save() {
    let mut zip = b"PK\x03\x04\x00\x00\x08\x08".to_vec();
    zip.resize(26, 0);
    zip.extend(b"\x0e\x00\x14\x00model/data.pklFB\x10\x00");
    let legacy = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.";
    for bytes in [&zip[..], legacy] {
        let error = NormNet::from_safetensors(bytes).unwrap_err().to_string();
        let expected = "not a safetensors file: it is one of `torch.save`; \
                        write `safetensors.torch.save_file(model.state_dict(), path)`";
        assert_eq!(error, expected);
    }
}

#[cfg(not(feature = "npz"))]
#[test]
fn npz_needs_its_feature() {
    let error = NormNet::from_safetensors(include_bytes!("golden/numpy.npz")).unwrap_err().to_string();
    let expected = "not a safetensors file: it may be an npz file, which needs the feature `npz` of the crate `cnn`";
    assert_eq!(error, expected);
}

#[cfg(feature = "npz")]
mod npz {
    use std::io::{Cursor, Write};

    use proptest::prelude::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    const STORED: &[u8] = include_bytes!("golden/numpy.npz");
    const COMPRESSED: &[u8] = include_bytes!("golden/numpy_compressed.npz");

    /// An npy file.
    fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    /// An npz file.
    fn npz(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    /// An npz file of a whole net, in which `conv1.weight` is `bytes`.
    fn with_weight(bytes: &[u8]) -> Vec<u8> {
        let vector = npy("'<f4'", "(3,)", &[0; 12]);
        npz(&[
            ("conv1.weight.npy", bytes),
            ("bn1.weight.npy", &vector),
            ("bn1.bias.npy", &vector),
            ("bn1.running_mean.npy", &vector),
            ("bn1.running_var.npy", &vector),
        ])
    }

    fn error(bytes: &[u8]) -> String {
        NormNet::from_safetensors(bytes).unwrap_err().to_string()
    }

    #[test]
    fn numpy_files() {
        for bytes in [STORED, COMPRESSED] {
            assert_eq!(values(&NormNet::from_safetensors(bytes).unwrap()), multiples(0.25));
        }
        let options = LoadOptions::new().prefix("bn1.");
        let error = options.from_bytes::<NormNet>(STORED).unwrap_err().to_string();
        assert!(error.ends_with("unexpected `bias` of shape [3]\n  unexpected `running_mean` of shape [3]\n  unexpected `running_var` of shape [3]\n  unexpected `weight` of shape [3]"), "{error}");
    }

    #[test]
    fn load_goes_by_content() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("net.weights");
        std::fs::write(&path, COMPRESSED).unwrap();
        assert_eq!(values(&NormNet::load(&path).unwrap()), multiples(0.25));
    }

    #[test]
    fn arrays_are_checked_as_tensors_are() {
        assert!(NormNet::from_safetensors(&with_weight(&npy("'<f8'", "(3, 2)", &[0; 48]))).is_ok());
        let expected = "the weights do not fit `NormNet`:
  `conv1.weight` is I64, expected F32, F16, BF16 or F64
  `conv1.weight` has shape [18446744073709551615, 2], expected [3, 2, 1, 1]";
        assert_eq!(error(&with_weight(&npy("'<i8'", "(18446744073709551615, 2)", &[0; 48]))), expected);
        let empty = error(&npz(&[]));
        assert_eq!(empty.lines().filter(|line| line.contains("missing")).count(), 5, "{empty}");
    }

    /// The end of an archive in its 64-bit form, which says that so many entries lie in a table of so many bytes.
    fn zip64(entries: u64, table: u64) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(64, 0);
        bytes.extend(b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0");
        bytes.extend([entries, entries, table, entries + 1].map(u64::to_le_bytes).as_flattened());
        bytes.extend(b"PK\x06\x07\0\0\0\0\x40\0\0\0\0\0\0\0\x01\0\0\0");
        bytes.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
        bytes
    }

    #[test]
    fn hostile_files_are_errors() {
        let huge = [&b"\x93NUMPY\x02\x00\xff\xff\xff\xff"[..], &[b' '; 100]].concat();
        let cases: &[(Vec<u8>, &str)] = &[
            (b"PK\x03\x04".to_vec(), ""),
            (zip64(1 << 24, 1 << 31), ""),
            (zip64(1 << 38, 1 << 45), ""),
            (zip64(u64::MAX - 1, u64::MAX), ""),
            (npz(&[("notes.txt", b"")]), "expected arrays, found `notes.txt`, which is no .npy file"),
            (npz(&[("a.npy", b"")]), "`a`: it ends too early"),
            (npz(&[("a.npy", b"not an array")]), "`a`: it does not start as an npy file does"),
            (npz(&[("a.npy", b"\x93NUMPY\x09\x00")]), "`a`: expected version 1, 2 or 3 of the npy format, found 9"),
            (npz(&[("a.npy", &huge)]), "`a`: expected a header of at most 4096 bytes, found 4294967295"),
            (
                npz(&[("a.npy", &npy("[('x', '<f4')]", "(3,)", &[]))]),
                "`a`: expected a header with `descr`, `fortran_order` and `shape`, found `{\\'descr\\': [(",
            ),
            (with_weight(&npy("'<f4'", "(3, 2, 1, 1)", &[0; 23])), "`conv1.weight`: it ends too early"),
            (with_weight(&npy("'<f4'", "(3, 2, 1, 1)", &[0; 25])), "`conv1.weight`: it is longer than its shape says"),
            // A bomb: 50 megabytes of zeros behind the array.
            (
                with_weight(&npy("'<f4'", "(3, 2, 1, 1)", &vec![0; 50_000_000])),
                "`conv1.weight`: it is longer than its shape says",
            ),
        ];
        for (bytes, expected) in cases {
            let error = error(bytes);
            assert!(error.starts_with(&format!("not an npz file: {expected}")), "{error}\n{expected}");
        }
        // The checksum of the data.
        let mut bytes = STORED.to_vec();
        let data = 30 + "conv1.weight.npy".len() + 20 + 128;
        bytes[data + 1] ^= 1;
        assert!(error(&bytes).starts_with("not an npz file: `conv1.weight`: "), "{}", error(&bytes));
    }

    #[test]
    fn truncated_files_are_errors() {
        for bytes in [STORED, COMPRESSED] {
            for len in 0..bytes.len() {
                assert!(NormNet::from_safetensors(&bytes[..len]).is_err(), "{len}");
            }
        }
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(at: prop::sample::Index, bytes in prop::collection::vec(any::<u8>(), 1..5)) {
            for file in [STORED, COMPRESSED] {
                let mut file = file.to_vec();
                let start = at.index(file.len());
                for (byte, damage) in file[start..].iter_mut().zip(&bytes) {
                    *byte = *damage;
                }
                let _ = NormNet::from_safetensors(&file);
            }
        }

        #[test]
        fn damaged_headers_never_panic(descr in "[\\[('<>|a-z0-9)]{0,8}", shape in "[(0-9, )-]{0,12}", text in "\\PC*") {
            let _ = NormNet::from_safetensors(&with_weight(&npy(&descr, &shape, &[0; 24])));
            let _ = NormNet::from_safetensors(&with_weight(&npy(&format!("'{descr}'"), &shape, text.as_bytes())));
        }
    }
}

proptest::proptest! {
    #[test]
    fn damaged_torch_files_never_panic(at in 0_usize..400, byte: u8) {
        for file in [&include_bytes!("golden/torch_f16.safetensors")[..], include_bytes!("golden/torch_f64.safetensors")] {
            let mut file = file.to_vec();
            file[at] = byte;
            let _ = NormNet::from_safetensors(&file);
        }
    }
}
