//! `cargo xtask summary`.

use std::io::{Write, stdout};
use std::path::Path;

use anyhow::Result;
use cnn_compiler::graph::{self, ShapedNet, ShapedNode};
use cnn_compiler::plan::Plan;
use cnn_runtime::{LayerInfo, Shape, Summary};
use serde::Serialize;

use crate::spec;

/// Prints a table for each net, or one JSON array of all nets.
pub fn run(file: &Path, json: bool) -> Result<()> {
    let compilation = spec::open(file)?;
    let nets = spec::nets(&compilation);
    let text = if json {
        serde_json::to_string_pretty(&nets.map(|(net, plan)| Net::new(net, plan)).collect::<Vec<_>>())?
    } else {
        nets.map(|(net, plan)| table(net, plan)).collect::<Vec<_>>().join("\n\n")
    };
    writeln!(stdout(), "{text}")?;
    Ok(())
}

fn table(net: &ShapedNet, plan: &Plan) -> String {
    let names: Vec<String> = net.nodes.iter().map(|node| node.node.layer.to_string()).collect();
    let layers: Vec<LayerInfo<'_>> = net
        .nodes
        .iter()
        .zip(&names)
        .map(|(node, layer)| LayerInfo {
            name: &node.node.name,
            layer,
            input: shape(node.input),
            output: shape(node.output),
            params: node.param_lens().sum::<u64>() as usize,
            macs: node.macs,
        })
        .collect();
    let arena_bytes = bytes(plan.memory()) as usize;
    Summary { name: spec::name(net), input: shape(net.input), layers: &layers, arena_bytes }.to_string()
}

/// A net as JSON.
#[derive(Serialize)]
struct Net<'a> {
    name: &'a str,
    input: Vec<u64>,
    output: Vec<u64>,
    layers: Vec<Layer<'a>>,
    param_count: u64,
    macs: u64,
    arena_bytes: u64,
    /// No arena could be smaller.
    arena_bound_bytes: u64,
}

/// A layer as JSON.
#[derive(Serialize)]
struct Layer<'a> {
    name: &'a str,
    /// As the language has it: `conv(3 -> 9, k3)`.
    layer: String,
    input: Vec<u64>,
    output: Vec<u64>,
    params: u64,
    macs: u64,
}

impl<'a> Net<'a> {
    fn new(net: &'a ShapedNet, plan: &Plan) -> Self {
        Self {
            name: spec::name(net),
            input: sizes(net.input),
            output: sizes(net.output),
            layers: net.nodes.iter().map(Layer::new).collect(),
            param_count: net.param_count,
            macs: net.macs,
            arena_bytes: bytes(plan.memory()),
            arena_bound_bytes: bytes(plan.arena_bound),
        }
    }
}

impl<'a> Layer<'a> {
    fn new(node: &'a ShapedNode) -> Self {
        Self {
            name: &node.node.name,
            layer: node.node.layer.to_string(),
            input: sizes(node.input),
            output: sizes(node.output),
            params: node.param_lens().sum(),
            macs: node.macs,
        }
    }
}

fn bytes(floats: u64) -> u64 {
    4 * floats
}

/// `[10]` or `[3, 7, 7]`; the shapes of a net without faults are known.
fn sizes(shape: graph::Shape) -> Vec<u64> {
    match shape {
        graph::Shape::Unknown => Vec::new(),
        graph::Shape::Vector(n) => n.into_iter().collect(),
        graph::Shape::Maps(sizes) => sizes.into_iter().flatten().collect(),
    }
}

fn shape(shape: graph::Shape) -> Shape {
    let sizes: Vec<usize> = sizes(shape).into_iter().map(|size| size as usize).collect();
    match sizes[..] {
        [channels, height, width] => Shape::Maps { channels, height, width },
        _ => Shape::Vector(sizes.iter().product()),
    }
}
