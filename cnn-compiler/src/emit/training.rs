//! The passes of training: a call for each layer, forward and backward.

use std::ops::Range;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{number, operand_field, range, real};
use crate::graph::{ShapedNet, field_name};
use crate::plan;
use crate::plan::training::{PlacedOp, Plan, Slot, Step};

/// The operations' constants, and the members of `Compiled` that train a net.
pub(super) fn training(net: &ShapedNet, whole: &plan::Plan) -> (TokenStream, TokenStream) {
    let emitter = Emitter { plan: &whole.training, names: names(net, &whole.training) };
    let constants = emitter.plan.ops.iter().zip(&emitter.names).map(|(placed, name)| {
        let ty = format_ident!("{}", placed.op.ty);
        let fields = placed.op.fields.iter().map(|field| operand_field(field, whole));
        quote!(const #name: __cnn::#ty = __cnn::#ty { #(#fields),* };)
    });
    (quote!(#(#constants)*), emitter.members())
}

/// A constant's name for each operation: that of its layer.
fn names(net: &ShapedNet, plan: &Plan) -> Vec<Ident> {
    let mut names: Vec<String> = Vec::new();
    for placed in &plan.ops {
        let layer = net.nodes.get(placed.layer).map_or("input", |node| &node.node.name);
        let mut name = format!("{}_OP", field_name(layer).to_uppercase());
        while names.contains(&name) {
            name.push('_');
        }
        names.push(name);
    }
    names.iter().map(|name| format_ident!("{name}")).collect()
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

            #[allow(unused_variables)]
            fn forward_pass<L: __cnn::Lanes>(lanes: L, phase: usize, pass: __cnn::Pass<'_, L>) {
                let __cnn::Pass { images, params, watch, totals, partial, input, arena } = pass;
                #forward
            }

            #[allow(unused_variables)]
            fn backward_pass<L: __cnn::Lanes>(
                lanes: L,
                phase: usize,
                pass: __cnn::Pass<'_, L>,
                grads: &mut [L::Real],
            ) {
                let __cnn::Pass { images, params, totals, partial, input, arena, .. } = pass;
                #backward
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
        let (op, layer) = (&self.names[step.op], number(self.op(step).layer as u64));
        let (params, totals) = self.constants(step);
        let mut parts = Parts::default();
        let inputs: Vec<_> = step.inputs.iter().map(|slot| parts.read(slot)).collect();
        let output = parts.write(&step.output);
        let parts = parts.split();
        quote! {{
            #parts
            lanes.call(__cnn::ForwardOf {
                op: #op,
                layer: #layer,
                watch,
                cx: __cnn::Forward {
                    images, params: #params, totals: #totals, inputs: &[#(#inputs),*], output: #output
                },
            });
        }}
    }

    fn statistics(&self, step: &Step) -> TokenStream {
        let op = &self.names[step.op];
        let mut parts = Parts::default();
        let input = parts.read(&step.inputs[0]);
        let (parts, statistics) = (parts.split(), range(&self.op(step).statistics));
        quote! {{
            #parts
            lanes.call(__cnn::StatisticsOf { op: #op, images, input: #input, partial: &mut partial[#statistics] });
        }}
    }

    fn backward_context(&self, step: &Step) -> (TokenStream, TokenStream) {
        let (params, totals) = self.constants(step);
        let mut parts = Parts::default();
        let inputs: Vec<_> = step.inputs.iter().map(|slot| parts.read(slot)).collect();
        let (output, output_grad) = (parts.read(&step.output), parts.write(&step.output_grad));
        let input_grads: Vec<_> = step
            .input_grads
            .iter()
            .map(|(slot, add)| {
                let values = parts.write(slot);
                quote!(__cnn::InputGrad { values: #values, add: #add })
            })
            .collect();
        let grads = range(&self.op(step).params);
        let context = quote!(__cnn::Backward {
            images, params: #params, totals: #totals, inputs: &[#(#inputs),*], output: #output, output_grad: #output_grad,
            input_grads: &mut [#(#input_grads),*], grads: &mut grads[#grads]
        });
        (parts.split(), context)
    }

    fn backward(&self, step: &Step) -> TokenStream {
        let op = &self.names[step.op];
        let (parts, context) = self.backward_context(step);
        quote!({ #parts lanes.call(__cnn::BackwardOf { op: #op, cx: #context }); })
    }

    fn grad_statistics(&self, step: &Step) -> TokenStream {
        let op = &self.names[step.op];
        let ((parts, context), statistics) = (self.backward_context(step), range(&self.op(step).statistics));
        quote! {{
            #parts
            lanes.call(__cnn::GradStatisticsOf { op: #op, cx: #context, partial: &mut partial[#statistics] });
        }}
    }

    /// The layer's parameters, and its statistics of the whole batch.
    fn constants(&self, step: &Step) -> (TokenStream, TokenStream) {
        let placed = self.op(step);
        let part = |name: TokenStream, part: &Range<u64>| {
            let part = range(part);
            quote!(&#name[#part])
        };
        (part(quote!(params), &placed.params), part(quote!(totals), &placed.statistics))
    }
}

/// The parts of the arena that a step uses.
#[derive(Default)]
struct Parts {
    names: Vec<Ident>,
    ranges: Vec<TokenStream>,
}

impl Parts {
    fn name(&mut self, part: &Range<u64>) -> Ident {
        let name = format_ident!("v{}", self.names.len());
        self.names.push(name.clone());
        self.ranges.push(range(part));
        name
    }

    fn read(&mut self, slot: &Slot) -> TokenStream {
        match slot {
            Slot::Input => quote!(input),
            Slot::Nowhere => quote!(&[]),
            Slot::Arena(part) => {
                let name = self.name(part);
                quote!(&*#name)
            }
        }
    }

    fn write(&mut self, slot: &Slot) -> TokenStream {
        match slot {
            Slot::Input | Slot::Nowhere => quote!(&mut []),
            Slot::Arena(part) => {
                let name = self.name(part);
                quote!(&mut *#name)
            }
        }
    }

    fn split(&self) -> TokenStream {
        let (names, ranges) = (&self.names, &self.ranges);
        quote!(let [#(#names),*] = __cnn::disjoint(arena, [#(#ranges),*]);)
    }
}
