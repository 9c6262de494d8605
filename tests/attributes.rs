//! `#[weights]`: files that fit, that do not, and that are no files of weights; parameters that lie in the program.
//!
//! `UPDATE_EXPECT=1 cargo test -p cnn-tests --test attributes` writes the files in `nets/` again.

use std::path::Path;

use cnn::network;
use cnn_compiler::parse::{Loader, Start};
use cnn_compiler::{Compilation, Input, compile};
use cnn_tests::{codes, emitted, rendered};

/// A tensor of a file: name, type, shape, and how many bytes each value has.
type Tensor = (&'static str, &'static str, &'static [usize], usize);

/// Fits `conv(1 -> 4, k3) … fc(16 -> 3)`, its layers in another order than the net's.
const FITTING: &[Tensor] = &[
    ("fc1.bias", "F32", &[3], 4),
    ("fc1.weight", "F32", &[3, 16], 4),
    ("conv1.bias", "F32", &[4], 4),
    ("conv1.weight", "F32", &[4, 1, 3, 3], 4),
];

/// Fits `conv1: conv(1 -> 4, k1, nobias) bn1: bn`, whose convolution was once an `fc`.
const NORMALISED: &[Tensor] = &[
    ("conv1.weight", "F32", &[4, 1], 4),
    ("bn1.num_batches_tracked", "I64", &[], 8),
    ("bn1.running_var", "F32", &[4], 4),
    ("bn1.running_mean", "F32", &[4], 4),
    ("bn1.weight", "F32", &[4], 4),
    ("bn1.bias", "F32", &[4], 4),
];

/// Wrong in every way for the nets of `ui/weights.rs`.
const UNFITTING: &[Tensor] = &[
    ("features.0.weight", "F32", &[4, 1, 3, 3], 4),
    ("features.0.bias", "F32", &[4], 4),
    ("conv2.weight", "F32", &[4, 4, 5, 5], 4),
    ("conv2.bias", "I32", &[4], 4),
    ("conv3.weight", "F32", &[4, 4, 1, 1], 4),
    ("conv4.weight", "F16", &[4, 4], 2),
    ("conv4.bias", "BF16", &[4], 2),
    ("conv4.lora.weight", "F32", &[2], 4),
    ("classifier.weight", "F32", &[10, 4], 4),
];

/// A safetensors file of these tensors. Value number i of all is the bits of i + 1, repeated: none is 0, and no two are alike.
fn file(tensors: &[Tensor]) -> Vec<u8> {
    let mut end = 0;
    let entries = tensors.iter().map(|(name, dtype, shape, size)| {
        let start = end;
        end += shape.iter().product::<usize>() * size;
        format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[{start},{end}]}}"#)
    });
    let header = format!("{{{}}}", entries.collect::<Vec<_>>().join(","));
    let numbers = (0..end / 4 + 1).flat_map(|i| (0.5 + i as f32).to_le_bytes());
    prefixed(header.as_bytes()).into_iter().chain(numbers.take(end)).collect()
}

/// A header behind its length.
fn prefixed(header: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header].concat()
}

#[test]
fn files_are_as_written() {
    for (name, tensors) in [("fitting", FITTING), ("normalised", NORMALISED), ("unfitting", UNFITTING)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("nets").join(name).with_extension("safetensors");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, file(tensors)).unwrap();
        }
        assert!(std::fs::read(&path).unwrap() == file(tensors), "{} is not as written", path.display());
    }
}

network! {
    #[weights("nets/fitting.safetensors", embed)]
    pub Fitting(1x4x4) -> 3 { conv(1 -> 4, k3) relu; flatten; fc(16 -> 3) }

    #[weights("nets/normalised.safetensors", embed)]
    pub Normalised(1x4x4) { conv(1 -> 4, k1, nobias) bn }

    #[weights("nets/fitting.safetensors")]
    #[budget(params <= 1K)]
    pub Checked(1x4x4) -> 3 { conv(1 -> 4, k3) relu; flatten; fc(16 -> 3) }
}

#[test]
fn embedded_is_what_is_loaded() {
    let net: &'static Fitting = Fitting::embedded();
    let loaded = Fitting::load("nets/fitting.safetensors").unwrap();
    assert_eq!(net.params(), loaded.params());
    assert_eq!(net.fc1.bias, [0.5, 1.5, 2.5]);
    assert_eq!(net.conv1.weight[3][0][2][2], 0.5 + (Fitting::PARAM_COUNT - 1) as f32);
    // Used where it lies: always the same place.
    assert!(std::ptr::eq(net, Fitting::embedded()));
    let image = [[[0.25; 4]; 4]; 1];
    assert_eq!(net.engine().forward(&image), loaded.engine().forward(&image));
}

#[test]
fn buffers_are_embedded() {
    let net = Normalised::embedded();
    assert_eq!(net.conv1.weight, [0.5, 1.5, 2.5, 3.5].map(|value| [[[value]]]));
    // Behind the two halves of `num_batches_tracked`.
    assert_eq!(net.buffers.bn1.running_var, [6.5, 7.5, 8.5, 9.5]);
    assert_eq!(net.buffers.bn1.running_mean, [10.5, 11.5, 12.5, 13.5]);
    assert_eq!(net.bn1.weight, [14.5, 15.5, 16.5, 17.5]);
    assert_eq!(net.bn1.bias, [18.5, 19.5, 20.5, 21.5]);
}

/// One file, whatever its path, which is remembered.
struct OneFile(Vec<u8>, Vec<String>);

impl Loader for OneFile {
    fn load(&mut self, _: &str) -> Result<String, String> {
        Ok("#[weights(\"b.safetensors\")] pub Included(2) { fc(_ -> 2) }".to_owned())
    }

    fn start(&mut self, path: &str, len: u64) -> Result<Start, String> {
        self.1.push(path.to_owned());
        let len = usize::try_from(len).unwrap_or(usize::MAX).min(self.0.len());
        assert!(len <= 8 + (16 << 20), "only a header is read");
        Ok(Start { bytes: self.0[..len].to_vec(), len: self.0.len() as u64 })
    }
}

fn compiled(text: &str, file: Vec<u8>) -> Compilation {
    compile(Input::Text { path: "net.cnn", text }, &mut OneFile(file, Vec::new()))
}

/// A file of `tensors` beside a net of these layers, for images of 1×4×4, has faults with these messages.
#[track_caller]
fn check(layers: &str, tensors: &[Tensor], expected: &[&str]) {
    let text = format!("#[weights(\"a.safetensors\", embed)] pub Net(1x4x4) {{ {layers} }}");
    let compilation = compiled(&text, file(tensors));
    let messages: Vec<&str> = compilation.faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(messages, expected, "{}", rendered(&compilation));
    assert!(compilation.plans.is_some(), "the net is whole all the same");
    // Either with its parameters, or without them.
    assert_eq!(emitted(&compilation).to_string().contains("include_bytes"), expected.is_empty());
}

#[test]
fn tensors_are_compared() {
    let conv = "conv(1 -> 4, k3)";
    let (weight, bias): (Tensor, Tensor) =
        (("conv1.weight", "F32", &[4, 1, 3, 3], 4), ("conv1.bias", "F32", &[4, 1, 1], 4));
    check(conv, &[weight, bias], &[]);
    check(conv, &[weight, bias, ("conv1.num_batches_tracked", "I64", &[], 8)], &[]);
    check(conv, &[bias], &["\"a.safetensors\" has no `conv1.weight`, expected [4, 1, 3, 3]"]);
    check(
        conv,
        &[],
        &[
            "\"a.safetensors\" has no `conv1.weight`, expected [4, 1, 3, 3]",
            "\"a.safetensors\" has no `conv1.bias`, expected [4]",
        ],
    );
    check(
        conv,
        &[("conv1.weight", "F32", &[1, 4, 3, 3], 4), bias],
        &["`conv1.weight` is [4, 1, 3, 3] in this net but [1, 4, 3, 3] in \"a.safetensors\""],
    );
    check(
        conv,
        &[("conv1.weight", "F16", &[4, 1, 3, 3], 2), bias],
        &["`conv1.weight` holds F16 in \"a.safetensors\", and `embed` takes F32 alone"],
    );
    check(
        conv,
        &[("conv1.weight", "U8", &[4, 1, 3, 3], 1), bias],
        &["`conv1.weight` holds U8 in \"a.safetensors\", expected F32, F16, BF16 or F64"],
    );
    // Each turn of a repeat has tensors of its own, at the same tokens.
    let expected = [0, 1].map(|turn| format!("\"a.safetensors\" has no `a.{turn}.weight`, expected [1, 1, 1, 1]"));
    check("a: conv(_ -> 1, k1, nobias) * 2", &[], &expected.each_ref().map(String::as_str));
}

#[test]
fn unexpected_tensors_have_their_place() {
    let tensors: &[Tensor] = &[
        ("a.weight", "F32", &[1, 1, 1, 1], 4),
        ("a.b.weight", "F32", &[1, 1, 1, 1], 4),
        ("a.b.c.d", "F32", &[7], 4),
        ("a.c.d", "F32", &[8], 4),
        ("ab.d", "F32", &[9], 4),
        ("\\u0007", "F32", &[1, 1, 1, 1, 1, 1, 1, 1, 1], 4),
    ];
    let text = "#[weights(\"w\")] pub Net(1x4x4) { a: conv(_ -> 1, k1, nobias) a.b: conv(_ -> 1, k1, nobias) }";
    let compilation = compiled(text, file(tensors));
    let places: Vec<(&str, &str)> = compilation
        .faults
        .iter()
        .map(|fault| {
            let (_, range) = compilation.source.text_range(fault.span).unwrap();
            (&text[range], fault.message.split('`').nth(1).unwrap())
        })
        .collect();
    assert_eq!(places, [("\"w\"", "\\u{7}"), ("\"w\"", "ab.d"), ("a", "a.c.d"), ("a.b", "a.b.c.d")]);
}

#[test]
fn no_fault_hides_behind_a_thousand() {
    let layers = "conv(_ -> 1, k1) ".repeat(1000);
    let compilation = compiled(&format!("#[weights(\"w\")] pub Net(1x4x4) {{ {layers} }}"), file(&[]));
    assert_eq!(compilation.faults.len(), 64);
    assert!(rendered(&compilation).contains("1936 more faults are not shown"));
}

#[test]
fn a_fault_of_the_net_comes_first() {
    let compilation =
        compiled("#[weights(\"w\")] #[budget(params <= 1)] pub Net(1x4x4) { cnov fc(9 -> 2) }", file(&[]));
    assert_eq!(codes(&compilation), ["unknown-layer"]);
}

#[test]
fn hostile_files() {
    let wrong = |text: &str| prefixed(text.as_bytes());
    let tensor = |shape: &str, offsets: &str| {
        let header = format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}}}"#);
        [wrong(&header), vec![0; 8]].concat()
    };
    let twice = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    let whole = file(FITTING);
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (vec![], "at least 8 bytes, and this one has 0"),
        (vec![1; 7], "at least 8 bytes, and this one has 7"),
        (vec![255; 100], "a header of 18446744073709551615 bytes, and at most 92 are possible"),
        ([17 << 20u64, 0].map(u64::to_le_bytes).concat(), "a header of 17825792 bytes, and at most 8 are possible"),
        (wrong(""), "not one of safetensors"),
        (wrong("[]"), "not one of safetensors"),
        (wrong("{\"a\":"), "not one of safetensors"),
        (wrong(&"[".repeat(100_000)), "not one of safetensors"),
        (prefixed(&[0xff; 20]), "not one of safetensors"),
        (tensor("[2]", "[4,12]"), "not one of safetensors"),
        (tensor("[3]", "[0,8]"), "not one of safetensors"),
        (tensor("[4611686018427387904,4611686018427387904]", "[0,8]"), "not one of safetensors"),
        (tensor("[2]", "[0,18446744073709551616]"), "not one of safetensors"),
        ([wrong(twice), vec![0; 8]].concat(), "not one of safetensors"),
        (whole[..whole.len() - 1].to_vec(), "lists 364 bytes of numbers, and 363 are there"),
        ([whole.clone(), vec![0]].concat(), "lists 364 bytes of numbers, and 365 are there"),
    ];
    for (file, expected) in cases {
        let compilation = compiled("#[weights(\"w\", embed)] pub Net(1x4x4) { relu }", file);
        assert_eq!(codes(&compilation), ["weights"]);
        let message = &compilation.faults[0].message;
        assert!(message.contains(expected), "{message}: not {expected}");
        emitted(&compilation);
    }
    // Each cut and each byte that is not as it was is a fault, or changes nothing that was asked for.
    for at in 0..whole.len() {
        compiled("#[weights(\"w\")] pub Net(1x4x4) { conv(1 -> 4, k3) }", whole[..at].to_vec());
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        compiled("#[weights(\"w\")] pub Net(1x4x4) { conv(1 -> 4, k3) }", changed);
    }
}

#[test]
fn paths_are_relative() {
    let mut files = OneFile(file(&[("fc1.weight", "F32", &[2, 2], 4), ("fc1.bias", "F32", &[2], 4)]), Vec::new());
    let text = "include \"nets/a.cnn\" #[weights(\"./x/../c.safetensors\", embed)] pub Net(2) { fc(_ -> 2) }";
    let compilation = compile(Input::Rust(text.parse().unwrap()), &mut files);
    assert_eq!(codes(&compilation), [""; 0], "{}", rendered(&compilation));
    files.1.dedup();
    assert_eq!(files.1, ["nets/b.safetensors", "c.safetensors"]);
    for path in ["/w", "C:/w"] {
        let compilation = compiled(&format!("#[weights(\"{path}\")] pub Net(2) {{ relu }}"), Vec::new());
        assert_eq!(codes(&compilation), ["weights"]);
    }
}
