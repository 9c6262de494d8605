//! `#[weights("resnet18.safetensors")]`: whether the tensors of a file are those of a net that is otherwise right.
//! Only the file's header is read.

#[cfg(feature = "safetensors")]
mod header;

use std::collections::{BTreeMap, HashMap};

use crate::codes;
use crate::diagnostic::Diagnostics;
use crate::graph::{Param, ShapedNet, ShapedNode};
use crate::parse::Loader;
use crate::syntax::Weights;

/// The types whose numbers become an `f32`.
const NUMBERS: [&str; 4] = ["F32", "F16", "BF16", "F64"];

/// The type that lies in memory as it lies in the file.
const EMBEDDED: &str = "F32";

/// What PyTorch saves of every batch normalisation and no forward pass reads.
const IGNORED: &str = "num_batches_tracked";

/// Longer names and shapes are cut in messages.
const SHOWN: usize = 64;

/// What a file of weights holds, without the numbers.
#[derive(Clone, Debug)]
pub struct WeightFile {
    /// From the crate's root, or where the file that names it lies.
    pub path: String,
    /// Its length in bytes.
    pub len: u64,
    /// The bytes before the numbers: the header and its length.
    pub start: u64,
    /// The tensors by name.
    pub tensors: BTreeMap<String, FileTensor>,
}

/// A tensor of a [`WeightFile`].
#[derive(Clone, Debug)]
pub struct FileTensor {
    /// `F32`.
    pub dtype: String,
    /// Its sizes.
    pub shape: Vec<u64>,
    /// Where it begins, in bytes from the file's own beginning.
    pub start: u64,
}

/// Why a file of weights cannot be used.
pub(crate) struct Unusable {
    /// What is wrong.
    pub why: String,
    /// The file could not be read at all; its path may be wrong.
    pub unread: bool,
}

impl From<String> for Unusable {
    fn from(why: String) -> Self {
        Unusable { why, unread: true }
    }
}

/// Reads what the file at `path` holds.
#[cfg(feature = "safetensors")]
pub(crate) fn read(path: &str, loader: &mut dyn Loader) -> Result<WeightFile, Unusable> {
    header::read(path, loader)
}

/// Reads nothing: what reads files of weights was left out.
#[cfg(not(feature = "safetensors"))]
pub(crate) fn read(_: &str, _: &mut dyn Loader) -> Result<WeightFile, Unusable> {
    let why = "`#[weights]` needs the feature `safetensors` of the crate `cnn`".to_owned();
    Err(Unusable { why, unread: false })
}

/// Where each of a net's tensors begins in the file that is to be embedded, parameters first, as they lie in the net;
/// None where the file does not fit.
pub(crate) fn embedded(net: &ShapedNet) -> Option<(&WeightFile, Vec<u64>)> {
    let file = net.header.checks.weights.as_ref()?.file.as_ref()?;
    let tensors = tensors(net, |node| &node.params).chain(tensors(net, |node| &node.buffers));
    let starts = tensors.map(|(node, tensor)| {
        let found = file.tensors.get(&name(node, tensor))?;
        (found.dtype == EMBEDDED && same(found, tensor)).then_some(found.start)
    });
    Some((file, starts.collect::<Option<_>>()?))
}

/// Reports each tensor of the file that is not as the net has it.
pub(crate) fn check(net: &ShapedNet, cx: &mut Diagnostics) {
    let Some(weights) = &net.header.checks.weights else { return };
    let Some(file) = &weights.file else { return };
    let check = Check { net, weights, file };
    for node in &net.nodes {
        for tensor in node.params.iter().chain(&node.buffers) {
            match file.tensors.get(&name(node, tensor)) {
                Some(found) => check.compare(node, tensor, found, cx),
                None => check.missing(node, tensor, cx),
            }
        }
    }
    check.unexpected(cx);
}

/// A net beside its file.
struct Check<'a> {
    net: &'a ShapedNet,
    weights: &'a Weights,
    file: &'a WeightFile,
}

impl Check<'_> {
    fn compare(&self, node: &ShapedNode, tensor: &Param, found: &FileTensor, cx: &mut Diagnostics) {
        let (name, path, span) = (name(node, tensor), &self.weights.path, node.node.name_span);
        if !same(found, tensor) {
            let (expected, found) = (sizes(&param_sizes(tensor)), sizes(&found.shape));
            let message = format!("`{name}` is {expected} in this net but {found} in \"{path}\"");
            let fault = cx.error(&codes::WEIGHTS, span, message).each();
            fault.trail = vec![format!("{}    {} -> {}", node.node.layer, node.input, node.output)];
            fault.help("change the layer to what the file was saved from, or choose another file");
        } else if !NUMBERS.contains(&found.dtype.as_str()) {
            let message = format!("`{name}` holds {} in \"{path}\", expected F32, F16, BF16 or F64", found.dtype);
            cx.error(&codes::WEIGHTS, span, message).each().help("save the file again with numbers as F32");
        } else if self.weights.embed && found.dtype != EMBEDDED {
            let message = format!("`{name}` holds {} in \"{path}\", and `embed` takes F32 alone", found.dtype);
            cx.error(&codes::WEIGHTS, span, message)
                .each()
                .note("what is embedded is used as it lies in the file")
                .help("save the file again as F32, or leave `embed` out and load it when the program runs");
        }
    }

    fn missing(&self, node: &ShapedNode, tensor: &Param, cx: &mut Diagnostics) {
        let (name, path) = (name(node, tensor), &self.weights.path);
        let message = format!("\"{path}\" has no `{name}`, expected {}", sizes(&param_sizes(tensor)));
        let fault = cx.error(&codes::WEIGHTS, node.node.name_span, message).each();
        let has_weight = self.file.tensors.contains_key(&format!("{}.weight", node.node.name));
        let takes = |option: &str| node.node.kind.is_some_and(|kind| kind.options.iter().any(|opt| opt.name == option));
        if tensor.tensor == "bias" && has_weight && takes("nobias") {
            fault.help(format!("the file has its weight alone: write `nobias` in `{}`", node.node.call.text));
        } else if let Some(other) = self.namesake(node) {
            fault.help(format!("the file has `{0}.{1}` of that shape: label the layer `{0}:`", other, tensor.tensor));
        }
    }

    /// The layer of the file that may be meant by `node`: it has the same tensors, and the net has no layer of its name.
    fn namesake(&self, node: &ShapedNode) -> Option<&str> {
        let first = node.params.first()?;
        let layers = self.file.tensors.keys().filter_map(|name| name.strip_suffix(first.tensor)?.strip_suffix('.'));
        let mut alike = layers.filter(|layer| {
            let is_label = layer.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
            let free = self.net.nodes.iter().all(|node| node.node.name != *layer);
            let has = |tensor: &Param| self.file.tensors.get(&format!("{layer}.{}", tensor.tensor));
            let fits = |tensor| has(tensor).is_some_and(|found| same(found, tensor));
            is_label && free && node.params.iter().chain(&node.buffers).all(fits)
        });
        alike.next()
    }

    /// Tensors that the net does not have, each at the layer that its name begins with.
    fn unexpected(&self, cx: &mut Diagnostics) {
        let nodes = self.net.nodes.iter();
        let layers: HashMap<&str, &ShapedNode> = nodes.map(|node| (node.node.name.as_str(), node)).collect();
        for (name, found) in &self.file.tensors {
            let mut before = name.rmatch_indices('.').map(|(dot, _)| &name[..dot]);
            let layer = before.find_map(|prefix| Some((prefix, *layers.get(prefix)?)));
            let last = name.rsplit('.').next().unwrap_or_default();
            let has = |(_, node): (&str, &ShapedNode)| {
                node.params.iter().chain(&node.buffers).any(|tensor| self::name(node, tensor) == *name)
            };
            if last == IGNORED || layer.is_some_and(has) {
                continue;
            }
            let (path, shape, shown) = (&self.weights.path, sizes(&found.shape), shortened(name));
            let Some((prefix, node)) = layer else {
                let message = format!("\"{path}\" has `{shown}`, {shape}, and this net has no layer of that name");
                cx.error(&codes::WEIGHTS, self.weights.span, message).each();
                continue;
            };
            let call = &node.node.call.text;
            let message = format!("\"{path}\" has `{shown}`, {shape}, and the `{call}` of this net has no such tensor");
            let fault = cx.error(&codes::WEIGHTS, node.node.name_span, message).each();
            let biasless = last == "bias" && prefix.len() + ".bias".len() == name.len();
            if biasless && node.node.layer.to_string().contains("nobias") {
                fault.help("leave `nobias` out");
            }
        }
    }
}

/// All tensors of one sort, with their layers.
fn tensors(net: &ShapedNet, sort: fn(&ShapedNode) -> &Vec<Param>) -> impl Iterator<Item = (&ShapedNode, &Param)> {
    net.nodes.iter().flat_map(move |node| sort(node).iter().map(move |tensor| (node, tensor)))
}

/// `layer1.0.conv1.weight`.
fn name(node: &ShapedNode, tensor: &Param) -> String {
    format!("{}.{}", node.node.name, tensor.tensor)
}

fn param_sizes(tensor: &Param) -> Vec<u64> {
    tensor.shape.iter().map(|size| size.unwrap_or(0)).collect()
}

/// Whether the shapes are equal but for 1s at the end: `fc` and a convolution of 1×1 have the same weights.
fn same(found: &FileTensor, tensor: &Param) -> bool {
    fn trimmed(mut shape: &[u64]) -> &[u64] {
        while let [rest @ .., 1] = shape {
            shape = rest;
        }
        shape
    }
    trimmed(&found.shape) == trimmed(&param_sizes(tensor))
}

/// `[9, 3, 3, 3]`.
fn sizes(shape: &[u64]) -> String {
    let shown: Vec<String> = shape.iter().take(SHOWN / 8).map(u64::to_string).collect();
    let more = if shape.len() > shown.len() { ", …" } else { "" };
    format!("[{}{more}]", shown.join(", "))
}

/// A name out of a file: its marks escaped, and not too long.
fn shortened(name: &str) -> String {
    let escaped: String = name.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if name.chars().nth(SHOWN).is_some() { format!("{escaped}…") } else { escaped }
}

/// Run by `cargo test -p cnn-compiler`, which leaves the feature out.
#[cfg(all(test, not(feature = "safetensors")))]
mod tests {
    use crate::parse::Loader;
    use crate::{Input, compile};

    struct NoFiles;

    impl Loader for NoFiles {
        fn load(&mut self, _: &str) -> Result<String, String> {
            Err("no such file".into())
        }
    }

    #[test]
    fn the_feature_is_named() {
        let text = "#[weights(\"net.safetensors\")] pub Net(3) { relu }";
        let faults = compile(Input::Text { path: "net.cnn", text }, &mut NoFiles).faults;
        let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
        let why = "`#[weights]` needs the feature `safetensors` of the crate `cnn`";
        assert_eq!(messages, [format!("cannot use the weights \"net.safetensors\": {why}")]);
    }
}
