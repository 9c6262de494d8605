//! The passes of training: a call for each layer, forward and backward.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{number, operand_field, range, real};
use crate::graph::{ShapedNet, field_name};
use crate::plan;
use crate::plan::training::{PlacedOp, Plan, SideBySide, Slot, Step};

/// The operations' constants, and the members of `Compiled` that train a net.
pub(super) fn training(net: &ShapedNet, whole: &plan::Plan) -> (TokenStream, TokenStream) {
    let emitter = Emitter { plan: &whole.training, names: names(net, &whole.training) };
    let constants = emitter.plan.ops.iter().zip(&emitter.names).map(|(placed, name)| {
        let ty = format_ident!("{}", placed.op.ty);
        let fields = placed.op.fields.iter().map(|field| operand_field(field, whole));
        let layer = number(placed.layer as u64);
        let [params, statistics] = [&placed.params, &placed.statistics].map(range);
        quote! {
            const #name: __cnn::Placed<__cnn::#ty> = __cnn::Placed {
                op: __cnn::#ty { #(#fields),* }, layer: #layer, params: #params, statistics: #statistics
            };
        }
    });
    let mut members = emitter.members();
    members.extend(whole.training.side_by_side.as_ref().map(|plan| emitter.side_by_side(plan)));
    (quote!(#(#constants)*), members)
}

/// A constant's name for each operation: that of its layer.
fn names(net: &ShapedNet, plan: &Plan) -> Vec<Ident> {
    let mut taken = HashSet::new();
    let name = |placed: &PlacedOp| {
        let layer = net.nodes.get(placed.layer).map_or("input", |node| &node.node.name);
        let mut name = format!("{}_OP", field_name(layer).to_uppercase());
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        format_ident!("{name}")
    };
    plan.ops.iter().map(name).collect()
}

struct Emitter<'a> {
    plan: &'a Plan,
    names: Vec<Ident>,
}

impl Emitter<'_> {
    fn members(&self) -> TokenStream {
        let plan = self.plan;
        let [arena_len, statistics_len] = [plan.arena_len, plan.statistics_len].map(number);
        let [output, output_grad] = [plan.output.start, plan.output_grad.start].map(number);
        let syncs = |steps: &[Step]| -> Vec<TokenStream> { steps.iter().filter_map(|step| self.sync(step)).collect() };
        let (forward_syncs, backward_syncs) = (syncs(&plan.forward), syncs(&plan.backward));
        let forward = self.pass(&plan.forward, |step| self.forward(step), |step| self.statistics(step));
        let backward = self.pass(&plan.backward, |step| self.backward(step), |step| self.grad_statistics(step));
        quote! {
            const TRAINING: __cnn::Training = __cnn::Training {
                arena_len: #arena_len,
                output: #output,
                output_grad: #output_grad,
                statistics_len: #statistics_len,
                forward_syncs: &[#(#forward_syncs),*],
                backward_syncs: &[#(#backward_syncs),*],
            };

            #[allow(unused_mut, unused_variables)]
            fn forward_pass<L: __cnn::Lanes>(lanes: L, phase: usize, mut pass: __cnn::Pass<'_, L>) {
                #forward
            }

            #[allow(unused_mut, unused_variables)]
            fn backward_pass<L: __cnn::Lanes>(
                lanes: L,
                phase: usize,
                mut pass: __cnn::Pass<'_, L>,
                grads: &mut [L::Real],
            ) {
                #backward
            }
        }
    }

    fn side_by_side(&self, plan: &SideBySide) -> TokenStream {
        let [arena_len, output] = [plan.arena_len, plan.output.start].map(number);
        let steps = plan.steps.iter().map(|step| self.forward(step));
        quote! {
            const SIDE_BY_SIDE: __cnn::SideBySide = __cnn::SideBySide { arena_len: #arena_len, output: #output };

            #[allow(unused_mut, unused_variables)]
            fn forward_side_by_side<L: __cnn::Lanes>(lanes: L, mut pass: __cnn::Pass<'_, L>) {
                #(#steps)*
            }
        }
    }

    fn op(&self, step: &Step) -> &PlacedOp {
        &self.plan.ops[step.op]
    }

    fn sync(&self, step: &Step) -> Option<TokenStream> {
        let placed = self.op(step);
        let sync = placed.op.sync?;
        let layer = number(placed.layer as u64);
        let [channels, pixels, start] = [sync.channels, sync.pixels, placed.statistics.start].map(number);
        let (buffers, momentum) = (number(placed.buffers), real(sync.momentum));
        Some(quote!(__cnn::Sync {
            layer: #layer, channels: #channels, pixels: #pixels, start: #start, buffers: #buffers, momentum: #momentum
        }))
    }

    /// All steps. Where one needs the whole batch, the phase ends with its statistics, and the next one begins with it.
    fn pass(
        &self,
        steps: &[Step],
        step_call: impl Fn(&Step) -> TokenStream,
        statistics: impl Fn(&Step) -> TokenStream,
    ) -> TokenStream {
        let mut phases = vec![TokenStream::new()];
        for step in steps {
            if self.op(step).op.sync.is_some() {
                phases.last_mut().expect("there is one").extend(statistics(step));
                phases.push(TokenStream::new());
            }
            phases.last_mut().expect("there is one").extend(step_call(step));
        }
        if phases.len() == 1 {
            return phases.remove(0);
        }
        let indices = (0..phases.len() as u64).map(number);
        quote!(match phase { #(#indices => { #phases })* _ => {} })
    }

    fn forward(&self, step: &Step) -> TokenStream {
        let op = &self.names[step.op];
        let slots = step.inputs.iter().chain([&step.output]).map(slot);
        quote!(pass.forward(lanes, &#op, [#(#slots),*]);)
    }

    fn statistics(&self, step: &Step) -> TokenStream {
        let (op, input) = (&self.names[step.op], slot(&step.inputs[0]));
        quote!(pass.statistics(lanes, &#op, #input);)
    }

    fn backward(&self, step: &Step) -> TokenStream {
        let arguments = self.backward_arguments(step);
        quote!(pass.backward(#arguments);)
    }

    fn grad_statistics(&self, step: &Step) -> TokenStream {
        let arguments = self.backward_arguments(step);
        quote!(pass.grad_statistics(#arguments);)
    }

    fn backward_arguments(&self, step: &Step) -> TokenStream {
        let op = &self.names[step.op];
        let kept = step.inputs.iter().chain([&step.output, &step.output_grad]).map(slot);
        let (gradients, add): (Vec<_>, Vec<_>) =
            step.input_grads.iter().map(|&(ref part, add)| (slot(part), add)).unzip();
        quote!(lanes, &#op, [#(#kept,)* #(#gradients),*], [#(#add),*], grads)
    }
}

fn slot(slot: &Slot) -> TokenStream {
    match slot {
        Slot::Input => quote!(__cnn::INPUT),
        Slot::Nowhere => quote!(__cnn::NONE),
        Slot::Arena(part) => range(part),
    }
}
