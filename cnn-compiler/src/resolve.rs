//! [`File`] to [`graph::Net`]s: blocks and repeats are written out, numbers computed, layers named and looked up.

mod args;
mod numbers;

use std::collections::{HashMap, HashSet};

use crate::codes;
use crate::diagnostic::{Diagnostics, count, list, nearest};
use crate::graph::{self, Dim, Feed, Shape};
use crate::layers::{self, Branching, Kind, Layer, Unknown};
use crate::source::Span;
use crate::syntax::*;

/// A net has at most this many layers; also the limit of a `* n`.
const MAX_LAYERS: usize = 4096;

/// How many layers, groups and block uses are visited before a net counts as too large.
const MAX_VISITS: usize = 16 * MAX_LAYERS;

/// Behind so many faults, which are more than are shown, the nearest layer is not looked for.
const MAX_SUGGESTIONS: usize = 256;

/// Blocks within blocks.
const MAX_BLOCK_DEPTH: usize = 64;

type Env = HashMap<String, i64>;

/// All nets of a file.
pub fn nets(file: &File, cx: &mut Diagnostics) -> Vec<graph::Net> {
    let blocks = blocks(file, cx);
    for block in &file.blocks {
        Resolver::new(&blocks, cx).layer_names(&block.body);
    }
    let mut seen = HashSet::new();
    let mut nets = Vec::new();
    for net in &file.nets {
        match &net.name {
            Some(name) if !seen.insert(&name.text) => {
                cx.error(&codes::DUPLICATE_NAME, name.span, format!("there is a net `{}` already", name.text));
            }
            _ => nets.push(Resolver::new(&blocks, cx).net(net)),
        }
    }
    nets
}

/// The blocks by name.
fn blocks<'a>(file: &'a File, cx: &mut Diagnostics) -> HashMap<&'a str, &'a Block> {
    let mut blocks = HashMap::new();
    for block in &file.blocks {
        let name = &block.name;
        if layers::find(&name.text).is_some() {
            cx.error(&codes::DUPLICATE_NAME, name.span, format!("`{}` is a layer already", name.text))
                .help("give the block another name");
        } else if blocks.contains_key(name.text.as_str()) {
            cx.error(&codes::DUPLICATE_NAME, name.span, format!("there is a block `{}` already", name.text));
        } else {
            blocks.insert(name.text.as_str(), block);
        }
    }
    blocks
}

struct Resolver<'a> {
    blocks: &'a HashMap<&'a str, &'a Block>,
    cx: &'a mut Diagnostics,
    nodes: Vec<graph::Node>,
    /// What the next layer receives.
    at: Feed,
    /// Field names that are taken, and by which layer.
    fields: HashMap<String, String>,
    /// The blocks that are being written out, outermost first.
    active: Vec<&'a str>,
    visits: usize,
    full: bool,
}

/// Where names are given: a net, a block's use or a labelled group.
struct Scope {
    /// `layer1.0.`, or nothing.
    prefix: String,
    /// Labels written in this scope, which unlabelled layers step over.
    labels: HashSet<String>,
    /// How many of each kind there were.
    counts: HashMap<String, u64>,
}

impl Scope {
    fn new<'a>(prefix: String, bodies: impl IntoIterator<Item = &'a Vec<Node>>) -> Scope {
        let mut labels = HashSet::new();
        bodies.into_iter().for_each(|body| collect_labels(body, &mut labels));
        Scope { prefix, labels, counts: HashMap::new() }
    }

    /// `conv1`, the next name for an unlabelled `conv`.
    fn next(&mut self, kind: &str) -> String {
        let count = self.counts.entry(kind.to_owned()).or_default();
        loop {
            *count += 1;
            let name = format!("{kind}{count}");
            if !self.labels.contains(&name) {
                return name;
            }
        }
    }
}

fn collect_labels(body: &[Node], labels: &mut HashSet<String>) {
    for node in body {
        match (&node.label, &node.kind) {
            (Some(label), _) => {
                labels.insert(label.text.clone());
            }
            (None, NodeKind::Group(inner)) => collect_labels(inner, labels),
            (None, NodeKind::Call(call)) => {
                call.bodies().for_each(|branch| collect_labels(branch, labels));
            }
            _ => {}
        }
    }
}

impl<'a> Resolver<'a> {
    fn new(blocks: &'a HashMap<&'a str, &'a Block>, cx: &'a mut Diagnostics) -> Self {
        let (nodes, fields, active) = Default::default();
        Resolver { blocks, cx, nodes, at: Feed::Input, fields, active, visits: 0, full: false }
    }

    fn net(mut self, net: &'a Net) -> graph::Net {
        let faults = self.cx.len();
        let input = net.input.as_ref().map(|dims| (self.shape(dims), dims.span));
        let output = net.output.as_ref().map(|dims| (self.shape(dims), dims.span));
        let mut scope = Scope::new(String::new(), [&net.body]);
        self.body(&net.body, &Env::new(), &mut scope);
        if self.nodes.is_empty() && !net.faulty && self.cx.len() == faults {
            self.cx
                .error(&codes::EMPTY_NET, net.span, "this net has no layers")
                .help("write its layers between braces: `{ conv(3 -> 9, k3) relu; flatten; fc(_ -> 10) }`");
        }
        let header = graph::Header {
            attributes: net.attributes.clone(),
            checks: net.checks.clone(),
            visibility: net.visibility,
            name: net.name.clone(),
            file_name: None,
            input,
            output,
            span: net.span,
        };
        graph::Net { header, nodes: self.nodes, end: self.at }
    }

    /// The shape of a header: `3x7x7` or `10`.
    fn shape(&mut self, dims: &Dims) -> Shape {
        let sizes: Vec<Dim> = dims.items.iter().map(|item| self.size(item, &Env::new())).collect();
        match sizes[..] {
            [n] => Shape::Vector(n),
            [c, h, w] => Shape::Maps([c, h, w]),
            [] => Shape::Unknown,
            _ => {
                let given = count(sizes.len() as u64, "size");
                self.cx
                    .error(&codes::SYNTAX, dims.span, format!("a shape has one size or three, not {given}"))
                    .help("write `10` for a vector, `3x7x7` for channels × height × width");
                Shape::Unknown
            }
        }
    }

    /// A size of at least 1.
    fn size(&mut self, expr: &Expr, env: &Env) -> Dim {
        let value = self.number(expr, env)?;
        if value == 0 {
            self.cx.error(&codes::ZERO, expr.span, "a size is at least 1, not 0");
            return None;
        }
        Some(value)
    }
}

/// Layers, groups and blocks.
impl<'a> Resolver<'a> {
    fn body(&mut self, body: &'a [Node], env: &Env, scope: &mut Scope) {
        for node in body {
            let Some(repeat) = &node.repeat else {
                self.node(node, None, env, scope);
                continue;
            };
            let Some(times) = self.number(repeat, env) else {
                self.node(node, Some(0), env, scope);
                self.push_unknown("unknown".into(), node.span);
                continue;
            };
            for index in 0..times {
                if self.full {
                    return;
                }
                self.node(node, Some(index), env, scope);
            }
        }
    }

    /// One turn of a node; `index` counts the turns of a repeated one.
    fn node(&mut self, node: &'a Node, index: Option<u64>, env: &Env, scope: &mut Scope) {
        self.visits += 1;
        if self.visits > MAX_VISITS || self.nodes.len() >= MAX_LAYERS {
            if !self.full {
                self.full = true;
                self.cx.error(
                    &codes::TOO_LARGE,
                    node.span,
                    format!("this net has more than {MAX_LAYERS} layers when its blocks and repeats are written out"),
                );
            }
            return;
        }
        let labelled = node.label.as_ref().map(|label| match index {
            Some(index) => format!("{}.{index}", label.text),
            None => label.text.clone(),
        });
        let name_span = match (&node.label, &node.kind) {
            (Some(label), _) => label.span,
            (None, NodeKind::Call(call)) => call.name.span,
            (None, _) => node.span,
        };
        match &node.kind {
            NodeKind::Error => self.push_unknown(labelled.unwrap_or("unknown".into()), node.span),
            NodeKind::Group(body) => match labelled {
                Some(name) => {
                    let mut inner = Scope::new(format!("{}{name}.", scope.prefix), [body]);
                    self.body(body, env, &mut inner);
                }
                None => self.body(body, env, scope),
            },
            NodeKind::Call(call) if labelled.is_some() && !call.branches.is_empty() => {
                let name = format!("{}{}", scope.prefix, labelled.unwrap_or_default());
                let mut inner = Scope::new(format!("{name}."), call.bodies());
                self.call(call, name, name_span, env, &mut inner);
            }
            NodeKind::Call(call) => {
                let name = labelled.unwrap_or_else(|| scope.next(&call.name.text));
                let name = format!("{}{name}", scope.prefix);
                self.call(call, name, name_span, env, scope);
            }
        }
    }

    fn call(&mut self, call: &'a Call, name: String, name_span: Span, env: &Env, scope: &mut Scope) {
        if let Some(kind) = layers::find(&call.name.text) {
            let args = self.layer_args(kind, call, env);
            let inputs = self.branches(kind, call, env, scope);
            let (layer, faulty) = ((kind.build)(&args), args.faulty);
            self.push(graph::Node {
                inputs,
                name,
                name_span,
                call: call.name.clone(),
                kind: Some(kind),
                layer,
                faulty,
                unreadable: call.faulty,
            });
        } else if let Some(block) = self.blocks.get(call.name.text.as_str()) {
            self.block(block, call, name, env);
        } else {
            self.unknown_layer(call);
            self.push_unknown(name, call.name.span);
        }
    }

    /// The inputs of a layer: what arrives, or the ends of its branches.
    fn branches(&mut self, kind: &'static Kind, call: &'a Call, env: &Env, scope: &mut Scope) -> Vec<Feed> {
        let start = self.at;
        let mut ends = Vec::new();
        for (index, branch) in call.branches.iter().enumerate() {
            self.at = start;
            if let Branching::Parallel(Some(entry)) = kind.branching {
                self.push_entry(entry(index, call.branches.len()), call);
            }
            self.body(branch, env, scope);
            ends.push(self.at);
        }
        if let (Branching::Beside | Branching::Residual, true) = (kind.branching, !ends.is_empty()) {
            self.at = start;
            if let Some(otherwise) = &call.otherwise {
                self.body(otherwise, env, scope);
            }
            ends.push(self.at);
        }
        if ends.is_empty() { vec![start] } else { ends }
    }

    /// The layer that a branch starts with, which no one wrote.
    fn push_entry(&mut self, layer: Box<dyn Layer>, call: &Call) {
        let (name, inputs) = (self.free_name(format!("{}_part", call.name.text)), vec![self.at]);
        let node = graph::Node {
            inputs,
            name,
            name_span: call.name.span,
            call: call.name.clone(),
            kind: None,
            layer,
            faulty: false,
            unreadable: false,
        };
        self.push(node);
    }

    fn free_name(&self, mut name: String) -> String {
        while self.fields.contains_key(&graph::field_name(&name)) {
            name.push('_');
        }
        name
    }

    /// A place where layers are missing: what follows is silent about the shape that arrives.
    fn push_unknown(&mut self, name: String, span: Span) {
        let name = self.free_name(name);
        let call = Name { text: name.clone(), span };
        self.push(graph::Node {
            inputs: vec![self.at],
            name,
            name_span: span,
            call,
            kind: None,
            layer: Box::new(Unknown),
            faulty: true,
            unreadable: true,
        });
    }

    /// Reports the layers of a block that do not exist, whether or not the block is used.
    fn layer_names(&mut self, body: &[Node]) {
        for node in body {
            match &node.kind {
                NodeKind::Group(inner) => self.layer_names(inner),
                NodeKind::Call(call) => {
                    let name = call.name.text.as_str();
                    if layers::find(name).is_none() && !self.blocks.contains_key(name) {
                        self.unknown_layer(call);
                    }
                    call.bodies().for_each(|branch| self.layer_names(branch));
                }
                NodeKind::Error => {}
            }
        }
    }

    fn unknown_layer(&mut self, call: &Call) {
        let name = &call.name;
        let message = format!("there is no layer or block `{}`", name.text);
        if self.cx.len() > MAX_SUGGESTIONS {
            self.cx.error(&codes::UNKNOWN_LAYER, name.span, message);
            return;
        }
        let kinds = layers::ALL.iter().map(|kind| kind.name);
        let mut blocks: Vec<&str> = self.blocks.keys().copied().collect();
        blocks.sort_unstable();
        let nearest = synonym(&name.text).or_else(|| nearest(&name.text, kinds.clone().chain(blocks)));
        let help = match nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("the layers are {}", list(kinds)),
        };
        self.cx.error(&codes::UNKNOWN_LAYER, name.span, message).help(help);
    }

    fn push(&mut self, mut node: graph::Node) {
        if let Some(other) = self.fields.get(&graph::field_name(&node.name)) {
            let also = if *other == node.name { String::new() } else { format!(" (as `{other}`)") };
            self.cx
                .error(
                    &codes::DUPLICATE_LABEL,
                    node.name_span,
                    format!("there is a layer `{}` already{also}", node.name),
                )
                .help("give one of the two another label");
            node.name = self.free_name(node.name);
        }
        self.fields.insert(graph::field_name(&node.name), node.name.clone());
        self.at = Feed::Node(self.nodes.len());
        self.nodes.push(node);
    }

    fn block(&mut self, block: &'a Block, call: &Call, name: String, env: &Env) {
        let Some(inner) = self.block_env(block, call, env) else { return self.push_unknown(name, call.span) };
        if let Some(at) = self.active.iter().position(|&active| active == block.name.text) {
            let path: Vec<&str> = self.active[at..].iter().copied().chain([block.name.text.as_str()]).collect();
            self.cx
                .error(&codes::RECURSIVE_BLOCK, call.span, format!("block `{}` uses itself", block.name.text))
                .note(path.join(" -> "))
                .help("`* n` behind a layer, block or group repeats it");
            return self.push_unknown(name, call.span);
        }
        if self.active.len() == MAX_BLOCK_DEPTH {
            let message = format!("blocks use blocks more than {MAX_BLOCK_DEPTH} deep");
            self.cx.error(&codes::TOO_DEEP, call.span, message);
            return self.push_unknown(name, call.span);
        }
        self.active.push(&block.name.text);
        let mut scope = Scope::new(format!("{name}."), [&block.body]);
        self.body(&block.body, &inner, &mut scope);
        self.active.pop();
    }

    fn block_env(&mut self, block: &Block, call: &Call, env: &Env) -> Option<Env> {
        let mut values = Vec::new();
        if call.faulty {
            return None;
        }
        for arg in &call.args {
            let found = match &arg.kind {
                ArgKind::Plain(Dims { items, .. }) => match &items[..] {
                    [Expr { kind: ExprKind::Name(name), .. }] if env.is_empty() => format!("`{name}`"),
                    [item] => {
                        values.push(self.value(item, env));
                        continue;
                    }
                    items => format!("{} at once", items.len()),
                },
                ArgKind::Flow(..) => "`in -> out`".to_owned(),
                ArgKind::Keyed(key, _) => format!("`{} = …`", key.text),
            };
            let message = format!("block `{}` takes a number for each parameter, not {found}", block.name.text);
            self.cx.error(&codes::BLOCK_ARGUMENTS, arg.span, message).help(block_form(block));
            return None;
        }
        if values.len() != block.params.len() {
            let expected = count(block.params.len() as u64, "number");
            let message = format!("block `{}` takes {expected} but is given {}", block.name.text, values.len());
            self.cx.error(&codes::BLOCK_ARGUMENTS, call.span, message).help(block_form(block));
            return None;
        }
        block.params.iter().zip(values).map(|(param, value)| Some((param.text.clone(), value?))).collect()
    }
}

fn block_form(block: &Block) -> String {
    let params: Vec<&str> = block.params.iter().map(|param| param.text.as_str()).collect();
    format!("it is defined as `block {}({})`", block.name.text, params.join(", "))
}

/// What PyTorch, Keras and papers call our layers.
fn synonym(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase().replace('_', "");
    Some(match name.as_str() {
        "conv2d" | "convolution" => "conv",
        "linear" | "dense" | "gemm" => "fc",
        "maxpool2d" | "pool" => "maxpool",
        "avgpool2d" | "averagepool" | "meanpool" => "avgpool",
        "batchnorm" | "batchnorm2d" | "batchnorm1d" | "batchnormalization" => "bn",
        "swish" => "silu",
        "hswish" => "hardswish",
        "logistic" => "sigmoid",
        "adaptiveavgpool2d" => "adaptiveavgpool",
        "adaptivemaxpool2d" => "adaptivemaxpool",
        "gap" | "globalaveragepool" | "globalaveragepooling2d" => "globalavgpool",
        "gmp" | "globalmaxpooling2d" => "globalmaxpool",
        "zeropad2d" | "zeropadding2d" => "pad",
        "channelshuffle" => "shuffle",
        "interpolate" | "resize" | "upsampling2d" | "upsamplingnearest2d" | "upsamplingbilinear2d" => "upsample",
        "depthwiseconv2d" | "dwconv" => "depthwise",
        "convtranspose2d" | "convtransposed" | "transposedconv" | "conv2dtranspose" | "deconv" | "deconvolution" => {
            "convtranspose"
        }
        "layernorm2d" | "ln" => "layernorm",
        "groupnorm2d" | "gn" => "groupnorm",
        _ => return None,
    })
}
