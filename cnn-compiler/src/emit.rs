//! [`ShapedNet`] and [`Plan`] to Rust. Emitted code is safe, holds no weights and names only the runtime's `__private`.

mod training;

use std::collections::HashSet;
use std::ops::Range;

use proc_macro2::{Ident, Literal, Span as RustSpan, TokenStream};
use quote::{format_ident, quote};

use crate::graph::{Dim, Init, Param, Shape, ShapedNet, ShapedNode, field_name};
use crate::plan::{Field, Operand, Place, PlacedPack, PlacedTensor, Plan, Step};
use crate::source::Source;
use crate::weights;

/// The largest tensor that a wrong net's types show: beyond it rustc would have an error of its own.
const MAX_TENSOR: u64 = 1 << 40;

/// The items of a net, or the expression that a nameless one is. Without a plan, as after a fault, the types,
/// constants and methods are there all the same, so that code which uses the net has no error of its own.
pub fn net(net: &ShapedNet, plan: Option<&Plan>, source: &Source, krate: &TokenStream) -> TokenStream {
    let emitter = Emitter { net, plan, source, krate, name: type_name(net, source) };
    let items = emitter.items();
    if !net.is_expression() {
        return items;
    }
    let name = &emitter.name;
    quote!({ #items #krate::__private::Space::<#name>::new() })
}

/// For editors alone: each layer's name as the user wrote it, with its documentation and shapes, so that they show on hover.
pub fn hover(net: &ShapedNet, source: &Source) -> TokenStream {
    let mut seen = HashSet::new();
    let written = net.nodes.iter().filter(|node| seen.insert(node.node.call.span));
    let items = written.filter_map(|node| {
        let doc = format!("`{}`: {} → {}\n\n{}", node.node.layer, node.input, node.output, node.node.kind?.doc);
        let name = ident(&node.node.call.text, source.rust_span(node.node.call.span));
        Some(quote! {
            #[allow(unexpected_cfgs)]
            const _: () = {
                #[cfg(rust_analyzer)]
                #[doc = #doc]
                #[allow(dead_code, non_camel_case_types)]
                struct #name;
            };
        })
    });
    items.collect()
}

fn type_name(net: &ShapedNet, source: &Source) -> Ident {
    match (&net.header.name, &net.header.file_name) {
        (Some(name), _) => ident(&name.text, source.rust_span(name.span)),
        (None, Some(name)) => ident(name, RustSpan::call_site()),
        (None, None) => Ident::new("Net", RustSpan::call_site()),
    }
}

/// An identifier, raw where the text is a keyword of Rust's.
fn ident(text: &str, span: RustSpan) -> Ident {
    let plain = text.trim_start_matches("r#");
    match syn::parse_str::<Ident>(plain) {
        Ok(_) => Ident::new(plain, span),
        // These four cannot be raw.
        Err(_) if matches!(plain, "self" | "Self" | "super" | "crate" | "_") => format_ident!("{plain}_", span = span),
        Err(_) => Ident::new_raw(plain, span),
    }
}

/// A number without a suffix.
fn number(value: u64) -> Literal {
    Literal::u64_unsuffixed(value)
}

/// A number with a point.
fn real(value: f32) -> TokenStream {
    let sign = value.is_sign_negative().then(|| quote!(-));
    let value = Literal::f32_unsuffixed(value.abs());
    quote!(#sign #value)
}

/// A size that an error may have hidden.
fn size(dim: Dim) -> u64 {
    dim.unwrap_or(1)
}

fn range(range: &Range<u64>) -> TokenStream {
    let (start, end) = (number(range.start), number(range.end));
    quote!(#start..#end)
}

struct Emitter<'a> {
    net: &'a ShapedNet,
    plan: Option<&'a Plan>,
    source: &'a Source,
    krate: &'a TokenStream,
    name: Ident,
}

impl Emitter<'_> {
    fn items(&self) -> TokenStream {
        let definition = self.definition();
        let (name, krate, cfgs) = (&self.name, self.krate, self.attributes(true));
        let (param_values, buffer_values) = (values(self.params()), values(self.buffers()));
        let (count, all) = (number(param_values), number(param_values + buffer_values));
        let buffers = self.buffers_field();
        let buffers_floats = buffers.as_ref().map(|(_, ty)| {
            let (fields, count) = (self.buffer_fields().map(|(field, _)| field), number(buffer_values));
            quote!(__cnn::floats!(#ty { #(#fields),* } = #count);)
        });
        let fields = self.fields().map(|(field, _)| field).chain(buffers.map(|(field, _)| field));
        let (network, compiled, embedded) = (self.network(), self.compiled(), self.embedded());
        let engine = if self.net.input.is_known() { quote!() } else { quote!(, unknown) };
        quote! {
            #definition
            #(#cfgs)*
            const _: () = {
                use #krate::__private as __cnn;
                #buffers_floats
                __cnn::floats!(#name { #(#fields),* } = #all);
                __cnn::inherent!(#name = #count #engine);
                #compiled
                #network
                #embedded
            };
        }
    }

    /// The struct, a point of the space of models.
    fn definition(&self) -> TokenStream {
        let (name, attributes) = (&self.name, self.attributes(false));
        let header = &self.net.header;
        let visibility = match header.visibility {
            Some(span) => self.source.to_rust(span).ok(),
            None => header.file_name.as_ref().map(|_| quote!(pub)),
        };
        let summary = format!(
            " {} -> {}: {} parameters, {} multiply-adds.",
            self.net.input, self.net.output, self.net.param_count, self.net.macs
        );
        let documented = attributes.iter().any(|tokens| tokens.to_string().replace(' ', "").starts_with("#[doc="));
        let blank = documented.then(|| quote!(#[doc = ""]));
        let document = |field: Ident, node: &ShapedNode, ty: TokenStream| {
            let doc = format!(" `{}`: {} -> {}.", node.node.layer, node.input, node.output);
            quote!(#[doc = #doc] pub #field: #ty)
        };
        let derived = quote! {
            #[allow(non_snake_case)]
            #[repr(C, align(4))]
            #[derive(::core::clone::Clone, ::core::marker::Copy)]
        };
        let fields = self.fields().map(|(field, node)| document(field, node, self.field_type(node)));
        let buffers = self.buffers_field();
        let buffers_definition = buffers.as_ref().map(|(_, ty)| {
            let (krate, cfgs) = (self.krate, self.attributes(true));
            let doc = format!(" What [`{name}`] keeps beside its parameters.");
            let fields = self.buffer_fields().map(|(field, node)| {
                let statistics = array(&sizes(&node.buffers[0].shape));
                document(field, node, quote!(#krate::__private::RunningStats<#statistics>))
            });
            quote!(#(#cfgs)* #[doc = #doc] #derived #visibility struct #ty { #(#fields),* })
        });
        let buffers =
            buffers.map(|(field, ty)| quote!(#[doc = " Running statistics, which are no parameters."] pub #field: #ty));
        let fields = fields.chain(buffers);
        quote! {
            #(#attributes)*
            #blank
            #[doc = #summary]
            #derived
            #visibility struct #name { #(#fields),* }
            #buffers_definition
        }
    }

    /// The user's attributes, or those alone that decide whether the net is there at all.
    fn attributes(&self, cfg_only: bool) -> Vec<TokenStream> {
        let attributes = self.net.header.attributes.iter().filter_map(|&span| self.source.to_rust(span).ok());
        let is_cfg = |tokens: &TokenStream| tokens.to_string().replace(' ', "").starts_with("#[cfg(");
        attributes.filter(|tokens| !cfg_only || is_cfg(tokens)).collect()
    }

    /// The layers that have parameters, with their fields' names.
    fn fields(&self) -> impl Iterator<Item = (Ident, &ShapedNode)> {
        self.nodes_with(|node| &node.params)
    }

    /// The layers that have buffers, with their fields' names.
    fn buffer_fields(&self) -> impl Iterator<Item = (Ident, &ShapedNode)> {
        self.nodes_with(|node| &node.buffers)
    }

    fn nodes_with(&self, tensors: fn(&ShapedNode) -> &Vec<Param>) -> impl Iterator<Item = (Ident, &ShapedNode)> {
        let nodes = self.net.nodes.iter().filter(move |node| !tensors(node).is_empty());
        nodes.map(|node| {
            let span = self.source.rust_span(node.node.name_span);
            (ident(&field_name(&node.node.name), span), node)
        })
    }

    /// The last field, which holds all buffers, and its type, where there is any.
    fn buffers_field(&self) -> Option<(Ident, Ident)> {
        self.buffer_fields().next()?;
        let mut field = "buffers".to_owned();
        while self.fields().any(|(other, _)| other == field) {
            field.push('_');
        }
        Some((Ident::new(&field, self.name.span()), format_ident!("{}Buffers", self.name)))
    }

    fn params(&self) -> impl Iterator<Item = &Param> {
        self.net.nodes.iter().flat_map(|node| &node.params)
    }

    fn buffers(&self) -> impl Iterator<Item = &Param> {
        self.net.nodes.iter().flat_map(|node| &node.buffers)
    }

    fn field_type(&self, node: &ShapedNode) -> TokenStream {
        let krate = self.krate;
        let arrays: Vec<TokenStream> = node.params.iter().map(|param| array(&sizes(&param.shape))).collect();
        match &arrays[..] {
            // A tensor that is called as its layer is.
            [tensor] if node.params[0].tensor.is_empty() => quote!(#tensor),
            [weight] => quote!(#krate::__private::Weight<#weight>),
            arrays => quote!(#krate::__private::WeightBias<#(#arrays),*>),
        }
    }

    fn network(&self) -> TokenStream {
        let (name, text) = (&self.name, self.name.to_string());
        let layers = self.net.nodes.iter().map(|node| {
            let (layer, kind) = (&node.node.name, node.node.layer.to_string());
            let (input, output) = (shape(node.input), shape(node.output));
            let params = number(node.params.iter().map(|param| product(&sizes(&param.shape))).sum());
            let macs = number(node.macs);
            quote!(__cnn::layer(#layer, #kind, #input, #output, #params, #macs))
        });
        let params = self.tensor_table(|node| &node.params, 0);
        let buffers = self.buffers_field().map(|_| {
            let buffers = self.tensor_table(|node| &node.buffers, values(self.params()));
            quote!(const BUFFERS: &'static [__cnn::ParamInfo<'static>] = &[#(#buffers),*];)
        });
        let (input, output) = (shape_type(self.net.input), shape_type(self.net.output));
        quote! {
            impl __cnn::Network for #name {
                const NAME: &'static str = #text;
                const LAYERS: &'static [__cnn::LayerInfo<'static>] = &[#(#layers),*];
                const PARAMS: &'static [__cnn::ParamInfo<'static>] = &[#(#params),*];
                #buffers
                type Input = #input;
                type Output = #output;
            }
        }
    }

    /// The net whose parameters are a part of the program, if that is asked for.
    fn embedded(&self) -> Option<TokenStream> {
        let name = &self.name;
        self.net.header.checks.weights.as_ref().filter(|weights| weights.embed)?;
        let (Some((file, starts)), Some(_)) = (weights::embedded(self.net), self.plan) else {
            return Some(quote!(__cnn::embedded!(#name);));
        };
        let (path, len, start) = (&file.path, number(file.len), number(file.start));
        let starts = starts.into_iter().map(number);
        // The path is known from the crate's root on every machine.
        let path = quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path));
        Some(quote!(__cnn::embedded!(#name = ::core::include_bytes!(#path), #len, #start, &[#(#starts),*]);))
    }

    /// The layers' tensors, the first of which begins at `offset`.
    fn tensor_table(&self, tensors: fn(&ShapedNode) -> &Vec<Param>, mut offset: u64) -> Vec<TokenStream> {
        let tensors = self.net.nodes.iter().flat_map(|node| tensors(node).iter().map(move |tensor| (node, tensor)));
        let rows = tensors.map(|(node, tensor)| {
            let name = tensor.full_name(&node.node.name);
            let dims = sizes(&tensor.shape);
            let start = number(offset);
            let init = match tensor.init {
                Init::Uniform(fan_in) => {
                    let fan_in = number(size(fan_in));
                    quote!(Uniform { fan_in: #fan_in })
                }
                Init::Constant(value) => {
                    let value = real(value);
                    quote!(Constant(#value))
                }
            };
            offset += product(&dims);
            let dims = dims.into_iter().map(number);
            quote!(__cnn::param(#name, &[#(#dims),*], #start, __cnn::Init::#init))
        });
        rows.collect()
    }

    fn compiled(&self) -> TokenStream {
        let name = &self.name;
        let Some(plan) = self.plan else {
            return quote! {
                impl __cnn::Compiled for #name {
                    const PACKED_LEN: usize = 0;
                    const ARENA_LEN: usize = 0;
                    const SCRATCH_LEN: usize = 0;
                    fn run<S: __cnn::Simd>(
                        _: S,
                        _: __cnn::Context<'_>,
                        _: &[f32],
                        _: &mut [f32],
                        _: &mut [f32],
                        _: &[f32],
                        _: &mut [f32],
                    ) {
                    }
                    fn pack(_: __cnn::Arithmetic, _: &[f32], _: &mut [f32]) {}
                }
            };
        };
        let constants = plan.used_constants().map(|constant| {
            let (name, ty) = (format_ident!("{}", constant.name), format_ident!("{}", constant.ty));
            let fields = constant.fields.iter().map(|field| operand_field(field, plan));
            quote!(const #name: __cnn::#ty = __cnn::#ty { #(#fields),* };)
        });
        let [packed_len, arena_len, scratch_len] = [plan.packed_len, plan.arena_len, plan.scratch_len].map(number);
        let packs = plan.packs.iter().map(|pack| pack_call(pack, plan));
        let steps = plan.steps.iter().map(|step| step_call(step, plan));
        let uses_arena = !plan.buffers.iter().all(Range::is_empty);
        let arithmetic = |operands: &[Operand]| operands.contains(&Operand::Arithmetic);
        let packs_differ = plan.packs.iter().any(|pack| arithmetic(&pack.pack.operands));
        let any = |is: fn(&Operand, &Plan) -> bool| {
            plan.steps.iter().flat_map(|step| &step.fields).any(|field| is(&field.value, plan))
        };
        let [shared_out, takes_arithmetic] = [any(is_shared_out), any(|operand, _| *operand == Operand::Arithmetic)];
        let packs_any = !plan.packs.is_empty();
        let named = |used, name| if used { format_ident!("{name}") } else { format_ident!("_{name}") };
        let [floats, packed] = ["floats", "packed"].map(|name| named(packs_any, name));
        let [arena, scratch] = [named(uses_arena, "arena"), named(plan.scratch_len > 0, "scratch")];
        let shares_small = plan.inline && shared_out;
        let shares = shares_small.then(|| {
            quote!(
                const SHARES_SMALL_LAYERS: bool = true;
            )
        });
        let layers = if shares_small {
            let cx = named(takes_arithmetic, "cx");
            let arguments = quote!(cx, #packed, #arena, #scratch, input, output);
            quote! {
                #[inline(always)]
                #[allow(clippy::too_many_arguments)]
                fn layers<S: __cnn::Simd, T: __cnn::Threads>(
                    simd: S,
                    threads: T,
                    #cx: __cnn::Context<'_>,
                    #packed: &[f32],
                    #arena: &mut [f32],
                    #scratch: &mut [f32],
                    input: &[f32],
                    output: &mut [f32],
                ) {
                    #(#steps)*
                }
                match cx.team.at_small_layers() {
                    ::core::option::Option::Some(threads) => layers(simd, threads, #arguments),
                    ::core::option::Option::None => layers(simd, __cnn::OneThread, #arguments),
                }
            }
        } else {
            quote!(#(#steps)*)
        };
        let (ops, training) = training::training(self.net, plan);
        let (cx, pack_arithmetic) = (named(shared_out || takes_arithmetic, "cx"), named(packs_differ, "arithmetic"));
        quote! {
            #(#constants)*
            #ops
            impl __cnn::Compiled for #name {
                const PACKED_LEN: usize = #packed_len;
                const ARENA_LEN: usize = #arena_len;
                const SCRATCH_LEN: usize = #scratch_len;
                #shares

                #[inline(always)]
                fn run<S: __cnn::Simd>(
                    simd: S,
                    #cx: __cnn::Context<'_>,
                    #packed: &[f32],
                    #arena: &mut [f32],
                    #scratch: &mut [f32],
                    input: &[f32],
                    output: &mut [f32],
                ) {
                    #layers
                }

                fn pack(#pack_arithmetic: __cnn::Arithmetic, #floats: &[f32], #packed: &mut [f32]) {
                    #(#packs)*
                }

                #training
            }
        }
    }
}

/// A tensor's sizes for its type; of one that is too large, which is an error already, a stand-in.
fn sizes(dims: &[Dim]) -> Vec<u64> {
    let sizes: Vec<u64> = dims.iter().map(|&dim| size(dim)).collect();
    let len = sizes.iter().try_fold(1u64, |len, &size| len.checked_mul(size));
    if len.is_none_or(|len| len > MAX_TENSOR) { vec![1; sizes.len()] } else { sizes }
}

fn product(sizes: &[u64]) -> u64 {
    sizes.iter().product()
}

/// How many values tensors have.
fn values<'a>(tensors: impl Iterator<Item = &'a Param>) -> u64 {
    tensors.map(|tensor| product(&sizes(&tensor.shape))).sum()
}

/// `[[f32; 225]; 10]` for 10 × 225.
fn array(sizes: &[u64]) -> TokenStream {
    sizes.iter().rev().fold(quote!(f32), |inner, &size| {
        let size = number(size);
        quote!([#inner; #size])
    })
}

fn shape_sizes(shape: Shape) -> Vec<u64> {
    match shape {
        Shape::Unknown => vec![1],
        Shape::Vector(n) => sizes(&[n]),
        Shape::Maps(dims) => sizes(&dims),
    }
}

fn shape_type(shape: Shape) -> TokenStream {
    array(&shape_sizes(shape))
}

fn shape(shape: Shape) -> TokenStream {
    let sizes = shape_sizes(shape);
    let function = if sizes.len() == 1 { quote!(vector) } else { quote!(maps) };
    let sizes = sizes.into_iter().map(number);
    quote!(__cnn::#function(#(#sizes),*))
}

fn operand(operand: &Operand, plan: &Plan) -> TokenStream {
    match *operand {
        Operand::Struct(ty, ref fields) => {
            let ty = format_ident!("{ty}");
            let fields = fields.iter().map(|field| operand_field(field, plan));
            quote!(__cnn::#ty { #(#fields),* })
        }
        Operand::Size(value) | Operand::Outputs(value) => {
            let value = number(value);
            quote!(#value)
        }
        Operand::Pair(pair) => {
            let [height, width] = pair.map(number);
            quote!([#height, #width])
        }
        Operand::Sizes(ref sizes) => {
            let sizes = sizes.iter().map(|&size| number(size));
            quote!(&[#(#sizes),*])
        }
        Operand::Real(value) => real(value),
        Operand::Flag(value) => quote!(#value),
        Operand::Activation(name) => {
            let name = format_ident!("{name}");
            quote!(__cnn::Activation::#name)
        }
        Operand::Arithmetic => quote!(arithmetic),
        Operand::Team { .. } => match (plan.inline, is_shared_out(operand, plan)) {
            (true, true) => quote!(threads),
            (true, false) => quote!(__cnn::OneThread),
            (false, true) => quote!(cx.team),
            (false, false) => quote!(__cnn::Team::ALONE),
        },
        Operand::Nothing => quote!(&[]),
        Operand::Constant(index) | Operand::ConstantOnThreads(index) => {
            let name = format_ident!("{}", plan.constants[index].name);
            let function = matches!(operand, Operand::ConstantOnThreads(_)) && plan.inline;
            if function { quote!(|| &#name) } else { quote!(#name) }
        }
    }
}

/// Whether other threads are called.
fn is_shared_out(operand: &Operand, plan: &Plan) -> bool {
    match *operand {
        Operand::Team { inline, shared } => {
            if plan.inline {
                inline
            } else {
                shared
            }
        }
        _ => false,
    }
}

fn operand_field(field: &Field, plan: &Plan) -> TokenStream {
    let (name, value) = (format_ident!("{}", field.name), operand(&field.value, plan));
    if field.value == Operand::Arithmetic { quote!(#name: cx.#value) } else { quote!(#name: #value) }
}

fn pack_call(placed: &PlacedPack, plan: &Plan) -> TokenStream {
    let function = format_ident!("{}", placed.pack.function);
    let operands = placed.pack.operands.iter().map(|value| match value {
        Operand::Constant(_) => {
            let constant = operand(value, plan);
            quote!(&#constant)
        }
        _ => operand(value, plan),
    });
    let tensors = placed.tensors.iter().map(|tensor| match tensor {
        PlacedTensor::Own(tensor) => {
            let tensor = range(tensor);
            quote!(&floats[#tensor])
        }
        PlacedTensor::Optional(Some(tensor)) => {
            let tensor = range(tensor);
            quote!(::core::option::Option::Some(&floats[#tensor]))
        }
        PlacedTensor::Optional(None) => quote!(::core::option::Option::None),
    });
    let packed = range(&placed.packed);
    quote!(__cnn::#function(#(#operands,)* #(#tensors,)* &mut packed[#packed]);)
}

fn step_call(step: &Step, plan: &Plan) -> TokenStream {
    let kernel = format_ident!("{}", step.kernel);
    let consts = step.consts.iter().map(|&value| number(value));
    // These are of types that the kernel is generic over.
    let generic = |field: &&Field| matches!(field.value, Operand::Team { .. } | Operand::ConstantOnThreads(_));
    let types = step.fields.iter().filter(generic).map(|_| quote!(_));
    let generics = if step.consts.is_empty() { quote!() } else { quote!(::<#(#types,)* #(#consts),*>) };
    let fields = step.fields.iter().map(|field| operand_field(field, plan));
    let weights = step.weights.as_ref().map(|weights| {
        let weights = range(weights);
        quote!(weights: &packed[#weights],)
    });
    let in_arena = |index: usize, first: u64, floats: u64| {
        let start = plan.buffers[index].start + first;
        range(&(start..start + floats))
    };
    let is_buffer = |place: Place| matches!(place, Place::Buffer(..));
    let both = is_buffer(step.target.0) && step.sources.iter().any(|(_, place, _)| is_buffer(*place));
    let sources = step.sources.iter().map(|&(name, place, floats)| {
        let name = format_ident!("{name}");
        match place {
            Place::Buffer(index, first) => {
                let range = in_arena(index, first, floats);
                if both { quote!(#name: arena.slice(#range)) } else { quote!(#name: &arena[#range]) }
            }
            Place::Input | Place::Output => quote!(#name: input),
        }
    });
    let (split, target) = match step.target {
        (Place::Buffer(index, first), floats) => {
            let range = in_arena(index, first, floats);
            match both {
                true => (quote!(let (arena, dst) = __cnn::slot(arena, #range);), quote!(dst)),
                false => (quote!(), quote!(dst: &mut arena[#range])),
            }
        }
        (Place::Input | Place::Output, _) => (quote!(), quote!(dst: output)),
    };
    let run = if plan.inline { quote!(inline) } else { quote!(call) };
    let scratch = (step.scratch > 0).then(|| quote!(scratch: &mut *scratch,));
    let call = quote!(simd.#run(__cnn::#kernel #generics { #(#fields,)* #(#sources,)* #weights #scratch #target }););
    // The parts of the arena are borrowed for this step alone.
    if both { quote!({ #split #call }) } else { call }
}
