//! Training data in files: what is read back, and what is wrong with files that nobody should trust.

use std::fs;
use std::path::Path;

use cnn_runtime::Shape;
use cnn_runtime::data::{DataError, Dataset, InMemory, Part, cifar10, cifar100, idx, mnist};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// An IDX file of bytes.
fn idx_file(dims: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dims.len() as u8];
    dims.iter().for_each(|dim| bytes.extend(dim.to_be_bytes()));
    bytes.extend(values);
    bytes
}

/// All images with their labels.
fn images(data: &InMemory<'_, usize>) -> Vec<(usize, Vec<f32>)> {
    let image = |index| {
        let mut image = vec![f32::NAN; data.shape().len()];
        (data.get(index, 0, &mut image).unwrap(), image)
    };
    (0..data.len()).map(image).collect()
}

/// The message, without the folder.
fn message(folder: &Path, result: Result<InMemory<'static, usize>, DataError>) -> String {
    result.unwrap_err().to_string().replace(&format!("{}/", folder.display()), "")
}

#[test]
fn idx_files_of_both_ranks() {
    let folder = folder();
    let [images_path, labels_path] = ["images", "labels"].map(|name| folder.path().join(name));
    fs::write(&labels_path, idx_file(&[2], &[3, 200])).unwrap();
    fs::write(&images_path, idx_file(&[2, 2, 3], &[0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 255])).unwrap();
    let data = idx(&images_path, &labels_path).unwrap();
    assert_eq!(data.shape(), Shape::Maps { channels: 1, height: 2, width: 3 });
    assert_eq!(images(&data)[0], (3, vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0]));
    assert_eq!(images(&data)[1], (200, vec![1.0, 0.0, 0.0, 0.0, 0.0, 1.0]));
    fs::write(&images_path, idx_file(&[2, 3, 2, 1], &[0; 12])).unwrap();
    let shape = idx(&images_path, &labels_path).unwrap().shape();
    assert_eq!(shape, Shape::Maps { channels: 3, height: 2, width: 1 });
}

#[test]
fn mnist_by_its_file_names() {
    let folder = folder();
    let error = message(folder.path(), mnist(&folder, Part::Train));
    assert_eq!(error, "`train-images-idx3-ubyte`: no such file, nor with `.gz`");
    fs::write(folder.path().join("train-images-idx3-ubyte"), idx_file(&[2, 1, 1], &[0, 255])).unwrap();
    fs::write(folder.path().join("train-labels-idx1-ubyte"), idx_file(&[2], &[9, 0])).unwrap();
    assert_eq!(images(&mnist(&folder, Part::Train).unwrap()), [(9, vec![0.0]), (0, vec![1.0])]);
    fs::write(folder.path().join("t10k-images.idx3-ubyte"), idx_file(&[2, 1, 1], &[0, 255])).unwrap();
    fs::write(folder.path().join("t10k-labels.idx1-ubyte"), idx_file(&[2], &[9, 10])).unwrap();
    let error = message(folder.path(), mnist(&folder, Part::Test));
    assert_eq!(error, "image 1 of `t10k-labels.idx1-ubyte` has label 10, expected less than 10");
}

#[test]
fn hostile_idx_files() {
    let folder = folder();
    let [images_path, labels_path] = ["images", "labels"].map(|name| folder.path().join(name));
    fs::write(&labels_path, idx_file(&[2], &[3, 4])).unwrap();
    let error = |bytes: Vec<u8>| {
        fs::write(&images_path, bytes).unwrap();
        message(folder.path(), idx(&images_path, &labels_path))
    };
    let good = idx_file(&[2, 2, 2], &[7; 8]);
    for len in 0..good.len() {
        assert!(error(good[..len].to_vec()).starts_with("`images`: not an IDX file: "), "{len}");
    }
    assert_eq!(error(good[..3].to_vec()), "`images`: not an IDX file: it ends too early");
    assert_eq!(error(good[..23].to_vec()), "`images`: not an IDX file: expected 8 bytes more, found 7");
    let long = "`images`: not an IDX file: it is longer than the 8 bytes that its start tells of";
    assert_eq!(error([&good[..], &[0]].concat()), long);
    assert!(error(idx_file(&[u32::MAX; 3], &[])).ends_with("4294967295] values are too many"));
    assert!(error(idx_file(&[u32::MAX, 1 << 15, 1 << 16], &[])).contains("bytes more, found 16"));
    assert!(error(idx_file(&[1, u32::MAX, u32::MAX], &[])).starts_with("`images`: not an IDX file: "));
    assert_eq!(error(idx_file(&[0, 2, 2], &[])), "no images in `images`");
    assert_eq!(error(idx_file(&[2, 0, 2], &[])), "`images`: not an IDX file: its images have [0, 2] values");
    assert_eq!(error(idx_file(&[3, 1, 1], &[0; 3])), "3 images expect as many targets, found 2");
    let floats = error(vec![0, 0, 13, 3, 0, 0, 0, 0]);
    let expected = "expected [00, 00, 08, 03] or [00, 00, 08, 04] at its start, found [00, 00, 0d, 03]";
    assert_eq!(floats, format!("`images`: not an IDX file: {expected}"));
    assert!(error(idx_file(&[2], &[1, 2])).contains("expected [00, 00, 08, 03]"));
    fs::remove_file(&images_path).unwrap();
    assert!(message(folder.path(), idx(&images_path, &labels_path)).starts_with("`images`: "));
    assert!(message(folder.path(), idx(folder.path(), &labels_path)).contains("`: "));
}

#[test]
fn cifar_files() {
    let folder = folder();
    let write = |name: &str, records: &[(&[u8], u8)]| {
        let bytes: Vec<u8> =
            records.iter().flat_map(|(labels, pixel)| [labels, &[*pixel; 3072][..]].concat()).collect();
        fs::write(folder.path().join(name), bytes).unwrap();
    };
    assert_eq!(message(folder.path(), cifar10(&folder, Part::Train)), "no images in `data_batch_*.bin`");
    write("data_batch_2.bin", &[(&[9], 51)]);
    write("data_batch_1.bin", &[(&[0], 255), (&[1], 0)]);
    write("test_batch.bin", &[(&[9], 0), (&[10], 0)]);
    write("train.bin", &[(&[19, 99], 0)]);
    write("test.bin", &[(&[19, 100], 0)]);
    let data = cifar10(&folder, Part::Train).unwrap();
    assert_eq!((data.targets(), data.shape().to_string()), (&[0, 1, 9][..], "3×32×32".into()));
    assert_eq!(images(&data)[2].1, [0.2; 3072]);
    let error = message(folder.path(), cifar10(&folder, Part::Test));
    assert_eq!(error, "image 1 of `test_batch.bin` has label 10, expected less than 10");
    assert_eq!(cifar100(&folder, Part::Train).unwrap().targets(), [99]);
    let error = message(folder.path(), cifar100(&folder, Part::Test));
    assert_eq!(error, "image 0 of `test.bin` has label 100, expected less than 100");
    fs::write(folder.path().join("test_batch.bin"), [0; 3072]).unwrap();
    let error = message(folder.path(), cifar10(&folder, Part::Test));
    assert_eq!(error, "`test_batch.bin`: not a CIFAR file: expected images of 3073 bytes, found 3072 bytes");
    fs::write(folder.path().join("test_batch.bin"), []).unwrap();
    assert_eq!(message(folder.path(), cifar10(&folder, Part::Test)), "no images in `test_batch.bin`");
}

#[cfg(feature = "gzip")]
#[test]
fn compressed_files() {
    use std::io::Write;

    let compress = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let folder = folder();
    let path = folder.path().join("t10k-images-idx3-ubyte.gz");
    fs::write(folder.path().join("t10k-labels-idx1-ubyte.gz"), compress(&idx_file(&[2], &[1, 2]))).unwrap();
    let good = compress(&idx_file(&[2, 1, 1], &[0, 255]));
    fs::write(&path, &good).unwrap();
    assert_eq!(images(&mnist(&folder, Part::Test).unwrap()), [(1, vec![0.0]), (2, vec![1.0])]);
    let error = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        message(folder.path(), mnist(&folder, Part::Test))
    };
    for len in 2..good.len() {
        assert!(error(&good[..len]).contains("not an IDX file: "), "{len}");
    }
    let mut flipped = good.clone();
    // The checksum.
    flipped[good.len() - 6] ^= 1;
    assert!(error(&flipped).contains("not an IDX file: "));
    assert!(error(&compress(&idx_file(&[2, 1, 1], &[0]))).contains("expected 2 bytes more, found 1"));
    assert!(error(&compress(&idx_file(&[2, 1, 1], &[0; 3]))).contains("it is longer than the 2 bytes"));
    assert!(error(&compress(&idx_file(&[1 << 20, 1 << 10, 1 << 10], &[0; 99]))).contains("bytes more, found 99"));
}

#[cfg(not(feature = "gzip"))]
#[test]
fn compressed_files_need_a_feature() {
    let folder = folder();
    let path = folder.path().join("images");
    fs::write(&path, [0x1f, 0x8b, 8]).unwrap();
    assert!(message(folder.path(), idx(&path, &path)).contains("needs the feature `gzip`"));
}

#[cfg(feature = "csv")]
#[test]
fn csv_files() {
    use cnn_runtime::data::{LabelColumn, csv};

    let folder = folder();
    let path = folder.path().join("rows");
    let read = |text: &str, label, scale| {
        fs::write(&path, text).unwrap();
        csv(&path, Shape::Vector(2), label, scale)
    };
    let expected = [(7, vec![0.0, 1.0]), (0, vec![0.5, -0.25])];
    for text in ["label,a,b\n7,0,2\n0,1,-0.5\n", "7,0,2\r\n0,1,-0.5", "\"7\", 0 ,2e0\n\n0.0,\"1\",-.5\n"] {
        assert_eq!(images(&read(text, LabelColumn::First, 0.5).unwrap()), expected, "{text}");
    }
    assert_eq!(images(&read("a,b,c\n0,2,7\n1,-0.5,0\n", LabelColumn::Last, 0.5).unwrap()), expected);
    let error = |text: &str| message(folder.path(), read(text, LabelColumn::First, 1.0));
    assert_eq!(error(""), "no images in `rows`");
    assert_eq!(error("a,b,c\n"), "no images in `rows`");
    let line = |text: &str| error(text).replace("`rows`: not a CSV file: ", "");
    assert_eq!(line("a,b,c\n1,2,3\n1,2\n"), "line 3: expected a label and 2 values, found 2 columns");
    assert_eq!(line("1,2,3\n1,x,3\n"), "line 2: column 2: expected a number, found `x`");
    for label in ["-1", "0.5", "1e300", "nan"] {
        assert_eq!(line(&format!("{label},2,3\n")), format!("line 1: column 1: expected a label, found `{label}`"));
    }
    assert_eq!(error("1,2,3\n1,inf,3\n"), "image 1 of `rows`: value 0 is inf, expected a finite one");
    fs::write(&path, [0xff; 100]).unwrap();
    assert!(csv(&path, Shape::Vector(2), LabelColumn::First, 1.0).is_err());
    assert!(csv(&path, Shape::Vector(0), LabelColumn::First, 1.0).is_err());
    assert!(csv(&path, Shape::Vector(usize::MAX), LabelColumn::First, 1.0).is_err());
}

#[cfg(feature = "npz")]
#[test]
fn npy_files() {
    use cnn_runtime::data::npy;

    let file = |descr: &str, fortran: &str, shape: &str, values: &[u8]| {
        let header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
        let len = (header.len() as u16).to_le_bytes();
        [&b"\x93NUMPY\x01\x00"[..], &len, header.as_bytes(), values].concat()
    };
    let folder = folder();
    let [images_path, labels_path] = ["images", "labels"].map(|name| folder.path().join(name));
    let read = |pixels: &[u8], labels: &[u8]| {
        fs::write(&images_path, pixels).unwrap();
        fs::write(&labels_path, labels).unwrap();
        npy(&images_path, &labels_path)
    };
    let labels = file("<i8", "False", "(2,)", &[1, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0]);
    let floats: Vec<u8> = [0.5f32, 1.0, 1.5, -2.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    let data = read(&file("<f4", "False", "(2, 1, 2)", &floats), &labels).unwrap();
    assert_eq!(data.shape(), Shape::Maps { channels: 1, height: 1, width: 2 });
    assert_eq!(images(&data), [(1, vec![0.5, 1.0]), (258, vec![1.5, -2.0])]);
    // In Fortran's order, the first values of all images come first.
    let data = read(&file("|u1", "True", "(2, 2)", &[0, 51, 102, 255]), &file(">u2", "False", "(2, 1)", &[0, 1, 1, 2]));
    assert_eq!(images(&data.unwrap()), [(1, vec![0.0, 0.4]), (258, vec![0.2, 1.0])]);

    let error = |pixels: &[u8], labels: &[u8]| message(folder.path(), read(pixels, labels));
    let good = file("<f4", "False", "(2, 2)", &floats);
    for len in 0..good.len() {
        assert!(error(&good[..len], &labels).starts_with("`images`: not an npy file: "), "{len}");
    }
    assert!(error(&[&good[..], &[0]].concat(), &labels).contains("it is longer than the 16 bytes"));
    let huge = "(9999999999, 9999999999, 99)";
    assert!(error(&file("<f4", "False", huge, &floats), &labels).contains("not an npy file: "));
    assert!(error(&file("<f4", "False", "(9999999999, 2)", &floats), &labels).contains("bytes more, found"));
    assert_eq!(error(&file("<f4", "False", "(0, 2)", &[]), &labels), "no images in `images`");
    let nan = [f32::NAN.to_le_bytes(), [0; 4]].concat();
    let error_of_nan = error(&file("<f4", "False", "(2, 1)", &nan), &labels);
    assert_eq!(error_of_nan, "image 0 of `images`: value 0 is NaN, expected a finite one");
    assert!(error(&file("<i4", "False", "(2, 2)", &floats), &labels).contains("I32, expected F32"));
    assert!(error(&good, &file("<f4", "False", "(2,)", &floats[..8])).starts_with("`labels`: not an npy file: "));
    let negative = error(&good, &file("|i1", "False", "(2,)", &[1, 0xff]));
    assert!(negative.starts_with("image 1 of `labels` has label -1"), "{negative}");
    assert_eq!(error(&good, &file("|u1", "False", "(3,)", &[1, 2, 3])), "2 images expect as many targets, found 3");
}

#[cfg(feature = "images")]
#[test]
fn image_folders() {
    use cnn_runtime::data::{Colours, ImageFolder};
    use image::{GrayImage, Luma, Rgb, RgbImage};

    let folder = folder();
    let root = folder.path();
    let open = |colours| ImageFolder::open(root, colours);
    let error = |result: Result<ImageFolder, DataError>| {
        result.unwrap_err().to_string().replace(&format!("{}", root.display()), "root")
    };
    assert_eq!(error(open(Colours::Rgb)), "no images in `root`");
    ["cat", "dog", ".git"].iter().for_each(|name| fs::create_dir(root.join(name)).unwrap());
    fs::write(root.join("notes.txt"), "no class").unwrap();
    let rgb = RgbImage::from_fn(3, 2, |x, y| Rgb([51 * x as u8, 51 * y as u8, 255]));
    rgb.save(root.join("cat/2.png")).unwrap();
    GrayImage::from_pixel(3, 2, Luma([102])).save(root.join("cat/1.PNG")).unwrap();
    assert_eq!(error(open(Colours::Rgb)), "no images in `root/dog`");
    RgbImage::from_pixel(3, 2, Rgb([255, 255, 255])).save(root.join("dog/a.jpeg")).unwrap();
    fs::write(root.join("dog/.hidden.png"), "").unwrap();

    let data = open(Colours::Rgb).unwrap();
    assert_eq!((data.len(), data.shape().to_string()), (3, "3×2×3".into()));
    assert_eq!(data.classes(), ["cat", "dog"]);
    let mut image = vec![0.0; 18];
    assert_eq!((data.get(0, 0, &mut image).unwrap(), &image[..]), (0, &[0.4; 18][..]));
    data.get(1, 0, &mut image).unwrap();
    assert_eq!(image[..12], [0.0, 0.2, 0.4, 0.0, 0.2, 0.4, 0.0, 0.0, 0.0, 0.2, 0.2, 0.2]);
    assert_eq!(image[12..], [1.0; 6]);
    assert_eq!(data.get(2, 0, &mut image).unwrap(), 1);
    assert!(image.iter().all(|value| *value > 0.98));
    let grey = open(Colours::Grey).unwrap();
    assert_eq!((grey.get(0, 0, &mut image[..6]).unwrap(), &image[..6]), (0, &[0.4; 6][..]));

    GrayImage::from_pixel(5, 4, Luma([102])).save(root.join("dog/b.png")).unwrap();
    fs::write(root.join("dog/c.png"), "not an image").unwrap();
    let data = open(Colours::Rgb).unwrap();
    let error = |data: &ImageFolder, index, image: &mut [f32]| {
        data.get(index, 0, image).unwrap_err().to_string().replace(&format!("{}", root.display()), "root")
    };
    assert_eq!(error(&data, 3, &mut image), "`root/dog/b.png` is 3×4×5, expected 3×2×3");
    assert!(error(&data, 4, &mut image).starts_with("`root/dog/c.png`: not a PNG or JPEG file: "));
    let bytes = fs::read(root.join("dog/b.png")).unwrap();
    let data = data.resize(1, 2).unwrap();
    let mut image = [0.0; 6];
    data.get(3, 0, &mut image).unwrap();
    assert!(image.iter().all(|value| (value - 0.4).abs() < 0.01), "{image:?}");
    for len in 0..bytes.len() - 12 {
        fs::write(root.join("dog/b.png"), &bytes[..len]).unwrap();
        let error = error(&data, 3, &mut image);
        assert!(error.starts_with("`root/dog/b.png`: not a PNG or JPEG file: "), "{len}: {error}");
    }
    // A width and a height of two thousand millions.
    let mut hostile = bytes.clone();
    hostile[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    fs::write(root.join("dog/b.png"), hostile).unwrap();
    assert!(error(&data, 3, &mut image).starts_with("`root/dog/b.png`: not a PNG or JPEG file: "));
    assert!(data.resize(usize::MAX, 2).is_err());
}
