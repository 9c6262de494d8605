//! `#[budget(params <= 10K, macs <= 1M, arena <= 16K)]`: whether a net that is otherwise right keeps within its limits.

use crate::codes;
use crate::diagnostic::{Diagnostics, count, list};
use crate::graph::{ShapedNet, ShapedNode};
use crate::plan::{Peak, Plan};
use crate::syntax::Figure;

/// Bytes of a float.
const FLOAT: u64 = 4;

/// Of the values that are in memory at once, an error shows this many.
const SHOWN: usize = 4;

/// Reports each limit that a net outgrows.
pub fn check(net: &ShapedNet, plan: &Plan, cx: &mut Diagnostics) {
    for limit in &net.header.checks.limits {
        let (found, what, whose) = match limit.figure {
            Figure::Params => (net.param_count, count(net.param_count, "parameter"), ""),
            Figure::Macs => (net.macs, count(net.macs, "multiply-add"), " for an image"),
            Figure::Arena => {
                let bytes = FLOAT * plan.memory();
                (bytes, count(bytes, "byte"), " for intermediate values")
            }
        };
        let Some(excess) = found.checked_sub(limit.most).filter(|&excess| excess > 0) else { continue };
        let title = net.header.title();
        let message = format!("{title} needs {what}{whose}, {excess} more than its budget of {}", limit.most);
        let (notes, culprit) = match limit.figure {
            Figure::Params => most(net, "parameter", |node| node.param_lens().sum()),
            Figure::Macs => most(net, "multiply-add", |node| node.macs),
            Figure::Arena => fullest(plan, found),
        };
        let fault = cx.error(&codes::BUDGET, limit.span, message);
        fault.notes = notes;
        fault.help(format!("make {culprit} smaller, or write `{} <= {found}`", limit.figure.name()));
    }
}

/// The layer that contributes most to a figure: what is said of it, and what may be made smaller.
fn most(net: &ShapedNet, noun: &str, figure: impl Fn(&ShapedNode) -> u64) -> (Vec<String>, String) {
    // The first of several.
    let Some(node) = net.nodes.iter().rev().max_by_key(|node| figure(node)) else {
        return (Vec::new(), "the net".to_owned());
    };
    let (name, layer) = (&node.node.name, node.node.layer.to_string());
    // `relu1` says no more than `relu`; a convolution's own numbers do.
    let layer = if layer.contains('(') { format!(", `{layer}`,") } else { String::new() };
    (vec![format!("`{name}`{layer} has the most, {}", count(figure(node), noun))], format!("`{name}`"))
}

/// Where most memory is in use, and what takes it: what is said of it, and what may be made smaller.
fn fullest(plan: &Plan, bytes: u64) -> (Vec<String>, String) {
    let Some(Peak { step, floats, mut values }) = plan.peak() else { return (Vec::new(), "the net".to_owned()) };
    values.sort_by_key(|&(_, floats)| std::cmp::Reverse(floats));
    let shown = values.iter().take(SHOWN);
    let shown: Vec<String> =
        shown.map(|(maker, floats)| format!("{} for {}", FLOAT * floats, layers(&maker.layers))).collect();
    let more = values.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} smaller values") } else { String::new() };
    let shown = if values.len() > 1 { format!(": {}{more}", shown.join(", ")) } else { String::new() };
    let at = layers(&step.layers);
    let mut notes = vec![format!("most memory is in use at the step of {at}, {} bytes{shown}", FLOAT * floats)];
    let scratch = plan.steps.iter().max_by_key(|step| step.scratch).filter(|step| step.scratch > 0);
    if let Some(step) = scratch {
        notes.push(format!("{} bytes are scratch memory, as {} needs it", FLOAT * step.scratch, layers(&step.layers)));
    }
    let gaps = bytes - FLOAT * (floats + plan.scratch_len);
    if gaps > 0 {
        notes.push(format!("the other {gaps} bytes are gaps between values of different sizes"));
    }
    (notes, format!("the values of {}", layers(&values[0].0.layers)))
}

/// `conv1` and `relu1`.
fn layers(names: &[String]) -> String {
    list(names.iter().map(String::as_str))
}
