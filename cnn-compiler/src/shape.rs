//! [`Net`] to [`ShapedNet`]: every shape, parameter and multiply-add. The last stage that reports faults.

use crate::codes::{self, Code};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::{Feed, Header, Net, Node, Shape, ShapedNet, ShapedNode};
use crate::layers::Fixes;
use crate::source::Span;

/// The most values a shape, and the most parameters a net may have.
const MAX_VALUES: u64 = 1 << 40;

/// The most multiply-adds a net may have.
const MAX_MACS: u64 = 1 << 62;

/// The largest image that is tried where the input is to be inferred.
const MAX_SIDE: u64 = 1 << 16;

/// How many layers an error shows on the way to it.
const TRAIL: usize = 3;

/// Faults times layers up to which errors search for images that would fit.
const MAX_SEARCH: usize = 10_000;

/// Infers all shapes of a net.
pub fn infer(net: Net, cx: &mut Diagnostics) -> ShapedNet {
    let Net { header, nodes, end } = net;
    let input = match header.input {
        Some((written, span)) => {
            if too_many(written) {
                cx.error(&codes::TOO_LARGE, span, format!("an image of {written} has too many values"));
                Shape::Unknown
            } else {
                written
            }
        }
        None => infer_input(&header, &nodes, cx),
    };
    let shapes = walk(&nodes, input, cx, false);
    let way = Way { nodes: &nodes, shapes: &shapes, input, end };
    let output = check_output(&header, way, cx);
    let inputs: Vec<Shape> = nodes.iter().map(|node| way.shape(node.inputs[0])).collect();
    let nodes = nodes.into_iter().zip(inputs.into_iter().zip(shapes));
    let nodes = nodes.map(|(node, (input, output))| count(node, input, output, cx)).collect();
    total(ShapedNet { header, input, output, nodes, end, param_count: 0, macs: 0 }, cx)
}

/// Whether a shape has more values than are counted with.
fn too_many(shape: Shape) -> bool {
    shape.len().map_or(shape.is_known(), |len| len > MAX_VALUES)
}

/// The shapes behind each of `nodes`.
fn walk(nodes: &[Node], input: Shape, cx: &mut Diagnostics, silent: bool) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let way = Way { nodes, shapes: &shapes, input, end: node.inputs[0] };
        let arriving = way.shape(node.inputs[0]);
        let mut unread = Diagnostics::default();
        let (cx, silent) = if node.unreadable { (&mut unread, true) } else { (&mut *cx, silent) };
        let mut output = node.layer.infer(arriving, &mut Inference { cx, node, way, silent });
        if node.faulty {
            output = output.blurred();
        }
        if too_many(output) && !silent {
            let message = format!("`{}` would make {output} values, too many to count with", node.call.text);
            cx.error(&codes::TOO_LARGE, node.call.span, message);
        }
        shapes.push(if too_many(output) { output.blurred() } else { output });
    }
    shapes
}

/// How a value came about: the layers before some place, and the shapes behind each.
#[derive(Clone, Copy)]
struct Way<'a> {
    nodes: &'a [Node],
    shapes: &'a [Shape],
    input: Shape,
    end: Feed,
}

impl<'a> Way<'a> {
    fn shape(&self, feed: Feed) -> Shape {
        match feed {
            Feed::Input => self.input,
            Feed::Node(index) => self.shapes.get(index).copied().unwrap_or(Shape::Unknown),
        }
    }

    /// The layers on the way, the last one first; of joined branches the first.
    fn back(self) -> impl Iterator<Item = (&'a Node, Shape, Shape)> {
        let mut at = self.end;
        std::iter::from_fn(move || {
            let Feed::Node(index) = at else { return None };
            let node = &self.nodes[index];
            let output = self.shape(at);
            at = node.inputs[0];
            Some((node, self.shape(at), output))
        })
    }

    /// A line for each of the last layers that changed the shape, in columns.
    fn trail(&self) -> Vec<String> {
        let changes = self.back().filter(|(_, input, output)| input != output).take(TRAIL);
        let mut rows: Vec<[String; 3]> = changes
            .map(|(node, input, output)| {
                let arithmetic = node.layer.arithmetic(input, output).unwrap_or_default();
                [node.layer.to_string(), format!("{input} -> {output}"), arithmetic]
            })
            .collect();
        rows.reverse();
        if rows.is_empty() && self.input != Shape::Unknown {
            return vec![format!("the input is {}", self.input)];
        }
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (first, second) = (width(0), width(1));
        rows.iter()
            .map(|[layer, shapes, sum]| format!("{layer:first$}    {shapes:second$}    {sum}").trim_end().to_owned())
            .collect()
    }
}

/// What a layer sees while its shape is inferred.
pub struct Inference<'a> {
    cx: &'a mut Diagnostics,
    node: &'a Node,
    way: Way<'a>,
    /// A trial whose faults nobody reads.
    silent: bool,
}

impl Inference<'_> {
    /// The layer's name as it was written.
    pub fn call_name(&self) -> &str {
        &self.node.call.text
    }

    /// The tokens of the layer's name.
    pub fn call_span(&self) -> Span {
        self.node.call.span
    }

    /// The shapes of all branches that a join receives.
    pub fn branches(&self) -> Vec<Shape> {
        self.node.inputs.iter().map(|&feed| self.way.shape(feed)).collect()
    }

    /// How many faults there are so far.
    pub fn faults(&self) -> usize {
        self.cx.len()
    }

    /// Reports a fault that lies in the layer's own arguments.
    pub fn error(&mut self, code: &'static Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.cx.error(code, span, message)
    }

    /// Reports that the layer does not fit what arrives, and shows how that came about.
    pub fn mismatch(&mut self, code: &'static Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let trail = if self.silent { Vec::new() } else { self.way.trail() };
        let fault = self.cx.error(code, span, message);
        fault.trail = trail;
        fault
    }

    /// The square images that would bring `values` values to this layer, in words.
    pub fn images_with(&self, values: u64) -> Option<String> {
        if self.silent || self.cx.len() * self.way.nodes.len() > MAX_SEARCH {
            return None;
        }
        let Shape::Maps([Some(channels), ..]) = self.way.input else { return None };
        let (first, last) = sides_with(Before { nodes: self.way.nodes, end: self.way.end }, channels, values)?;
        let image = |side: u64| format!("{channels}×{side}×{side}");
        Some(if first == last {
            format!("{} images", image(first))
        } else {
            format!("images from {} to {}", image(first), image(last))
        })
    }
}

/// The layers before some place.
#[derive(Clone, Copy)]
struct Before<'a> {
    nodes: &'a [Node],
    end: Feed,
}

impl Before<'_> {
    /// The shape that arrives, and whether nothing was wrong on the way.
    fn trial(&self, input: Shape) -> (Shape, bool) {
        let mut trial = Diagnostics::default();
        let until = match self.end {
            Feed::Input => return (input, true),
            Feed::Node(index) => index + 1,
        };
        let shapes = walk(&self.nodes[..until], input, &mut trial, true);
        (shapes[until - 1], trial.is_empty())
    }

    /// How many values arrive for a square image.
    fn values_for(&self, channels: u64, side: u64) -> Option<u64> {
        self.trial(Shape::Maps([Some(channels), Some(side), Some(side)])).0.len()
    }

    /// The smallest side of square images for which `enough` holds of the values that arrive.
    /// More pixels never make fewer values, so it is found by halving.
    fn first_side(&self, channels: u64, enough: impl Fn(u64) -> bool) -> u64 {
        let (mut low, mut high) = (1, MAX_SIDE + 1);
        while low < high {
            let middle = (low + high) / 2;
            match self.values_for(channels, middle).is_some_and(&enough) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        low
    }
}

/// The smallest and the largest side of square images for which `values` values arrive.
fn sides_with(before: Before<'_>, channels: u64, values: u64) -> Option<(u64, u64)> {
    let first = before.first_side(channels, |n| n >= values);
    let behind = before.first_side(channels, |n| n > values);
    (first < behind).then_some((first, behind - 1))
}

/// The input that a net leaves out; what is known of it where there is not exactly one.
fn infer_input(header: &Header, nodes: &[Node], cx: &mut Diagnostics) -> Shape {
    let fixed = nodes.iter().enumerate().map(|(at, node)| (at, node.layer.fixes()));
    let mut fixed = fixed.filter(|(_, fixes)| *fixes != Fixes::Nothing);
    match fixed.next() {
        Some((at, Fixes::Values(values))) => {
            let input = Shape::Vector(Some(values));
            if (Before { nodes, end: Feed::Node(at) }).trial(input).1 {
                return input;
            }
            report_missing(header, nodes, 3, "it is not said how many channels come in", cx);
            Shape::Unknown
        }
        Some((_, Fixes::Channels(channels))) => {
            let values = fixed.find_map(|(at, fixes)| match fixes {
                Fixes::Values(values) => Some((at, values)),
                _ => None,
            });
            infer_side(header, nodes, channels, values, cx)
        }
        _ => {
            report_missing(header, nodes, 3, "no layer says which values come in", cx);
            Shape::Unknown
        }
    }
}

fn infer_side(
    header: &Header,
    nodes: &[Node],
    channels: u64,
    values: Option<(usize, u64)>,
    cx: &mut Diagnostics,
) -> Shape {
    let unknown = Shape::Maps([Some(channels), None, None]);
    if values.is_some_and(|(_, values)| values > MAX_VALUES) {
        // That number is a fault of its own.
        return unknown;
    }
    let Some((at, values)) = values else {
        report_missing(
            header,
            nodes,
            channels,
            "no `fc` or `view` with its number of values fixes the size of the image",
            cx,
        );
        return unknown;
    };
    let before = Before { nodes, end: nodes[at].inputs[0] };
    match sides_with(before, channels, values) {
        Some((side, last)) if side == last => Shape::Maps([Some(channels), Some(side), Some(side)]),
        Some((first, last)) => {
            let shown: Vec<String> = (first..=last).take(6).map(|side| format!("{channels}×{side}×{side}")).collect();
            let more = if last - first >= 6 { format!(" … {channels}×{last}×{last}") } else { String::new() };
            cx.error(
                &codes::AMBIGUOUS_INPUT,
                header.span,
                format!("the input of {} is left out, and more than one fits", header.title()),
            )
            .note(format!("`{}` gets its {values} values from images of {}{more}", nodes[at].layer, shown.join(", ")))
            .help(how_to_write_input(header, &format!("{channels}x{first}x{first}")));
            unknown
        }
        // Some fault that does not depend on the image's size explains why none fits.
        None if !before.trial(unknown).1 || nodes[..at].iter().any(|node| node.faulty) => unknown,
        None => {
            let near = nearest_sides(before, channels, values);
            let why = format!("no square image brings {values} values to `{}`{near}", nodes[at].layer);
            report_missing(header, nodes, channels, &why, cx);
            unknown
        }
    }
}

/// The images whose values come nearest to `values`, below and above, in words.
fn nearest_sides(before: Before<'_>, channels: u64, values: u64) -> String {
    let above = before.first_side(channels, |n| n >= values);
    let near: Vec<String> = [above - 1, above]
        .into_iter()
        .filter(|&side| side > 0)
        .filter_map(|side| Some(format!("{channels}×{side}×{side} brings {}", before.values_for(channels, side)?)))
        .collect();
    if near.is_empty() { String::new() } else { format!(": {}", near.join(", ")) }
}

fn how_to_write_input(header: &Header, example: &str) -> String {
    match &header.name {
        Some(name) => format!("write it behind the name, such as `{}({example})`", name.text),
        None => format!("write it before the layers, such as `({example}) {{ … }}`"),
    }
}

fn report_missing(header: &Header, nodes: &[Node], channels: u64, why: &str, cx: &mut Diagnostics) {
    // Where a layer is unknown or faulty, or there is none, the reason was reported already.
    if nodes.is_empty() || nodes.iter().any(|node| node.faulty) {
        return;
    }
    cx.error(
        &codes::MISSING_INPUT,
        header.span,
        format!("the input of {} is left out and cannot be inferred", header.title()),
    )
    .note(why)
    .help(how_to_write_input(header, &format!("{channels}x32x32")));
}

/// Compares the output with the declared one, and returns what is known of it.
fn check_output(header: &Header, way: Way<'_>, cx: &mut Diagnostics) -> Shape {
    let output = way.shape(way.end);
    let Some((declared, span)) = header.output else { return output };
    if way.nodes.is_empty() {
        return declared;
    }
    // What is not known all through, a fault hides: that one was reported.
    if output.is_known() && declared.contradicts(&output) {
        let help = match (declared, output) {
            (Shape::Vector(_), Shape::Maps(_)) => {
                format!("end with `flatten` and `fc(_ -> {declared})`, or write `-> {}`", output.spelled())
            }
            _ => format!("write `-> {}`, or change the last layer", output.spelled()),
        };
        let message = format!("{} is declared to return {declared} but returns {output}", header.title());
        let fault = cx.error(&codes::OUTPUT_MISMATCH, span, message).help(help);
        fault.trail = way.trail();
    }
    if declared.is_known() { declared } else { output }
}

/// A layer's parameters and multiply-adds.
fn count(node: Node, input: Shape, output: Shape, cx: &mut Diagnostics) -> ShapedNode {
    let params = node.layer.params(input);
    let macs = node.layer.macs(input, output);
    let buffers = node.layer.buffers(input);
    let uncountable =
        params.iter().any(|param| param.len().map_or(param.shape.iter().all(Option::is_some), |len| len > MAX_VALUES));
    // Where the output is not known, the layer has a fault already.
    if uncountable && output.is_known() {
        let message = format!("`{}` has too many parameters to count with", node.call.text);
        cx.error(&codes::TOO_LARGE, node.call.span, message);
    }
    ShapedNode { node, input, output, params, buffers, macs: macs.unwrap_or(0) }
}

fn total(mut net: ShapedNet, cx: &mut Diagnostics) -> ShapedNet {
    let lens = net.nodes.iter().flat_map(ShapedNode::param_lens);
    let params = lens.fold(0u64, u64::saturating_add);
    let macs = net.nodes.iter().map(|node| node.macs).fold(0u64, u64::saturating_add);
    if cx.is_empty() && (params > MAX_VALUES || macs > MAX_MACS) {
        let what = if params > MAX_VALUES { "parameters" } else { "multiply-adds" };
        cx.error(
            &codes::TOO_LARGE,
            net.header.span,
            format!("{} has too many {what} to count with", net.header.title()),
        );
    }
    (net.param_count, net.macs) = (params, macs);
    net
}
