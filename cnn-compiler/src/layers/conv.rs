//! `conv`: two-dimensional convolution.

use std::fmt;

use super::convolution::Convolution;
use super::window::{Window, WindowSpans, expect_maps};
use super::{Branching, Fixes, Kind, Layer, Opt, Positional, hole};
use crate::codes;
use crate::diagnostic::count;
use crate::graph::{Args, Dim, Init, Param, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, Planner};
use crate::shape::Inference;
use crate::source::Span;

pub(super) static KIND: Kind = Kind {
    name: "conv",
    doc: "Convolution over feature maps, as `torch.nn.Conv2d`: `conv(in -> out, k3)`.

Each of the `out` channels sums, at every place, a window of all `in` channels times its own weights, and adds its bias.
Height and width become O = ⌊(I + 2P − D(F−1) − 1)/S⌋ + 1 each.
Parameters: weight `[out][in/groups][kernel height][kernel width]` and bias `[out]`.",
    positional: Positional::Flow("channels"),
    options: &[
        Opt::pair("kernel", "k", 1, "The window's height and width: `k3`, `k3x5`.").required(),
        Opt::pair("stride", "s", 1, "How far the window moves; 1 unless written."),
        Opt::pair("padding", "p", 0, "Zeros around the image, on each side; 0 unless written."),
        Opt::pair("dilation", "d", 1, "The distance between a window's pixels; 1 unless written."),
        Opt::number("groups", "g", 1, "Channels are split into so many groups, convolved apart; 1 unless written."),
        Opt::flag("same", "Zeros around the image, so that its size stays (stride 1)."),
        Opt::flag("nobias", "No bias."),
    ],
    branching: Branching::None,
    build,
    kernel: "conv",
};

#[derive(Clone, Debug)]
pub(super) struct Conv {
    pub(super) in_channels: Dim,
    pub(super) out_channels: Dim,
    pub(super) window: Window,
    pub(super) groups: u64,
    pub(super) bias: bool,
    in_span: Span,
    out_span: Span,
    groups_span: Span,
    stride_span: Span,
    same_span: Span,
    padding_written: bool,
    window_spans: WindowSpans,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(Conv::new(args))
}

impl Conv {
    pub(super) fn new(args: &Args) -> Conv {
        let [(in_channels, in_span), (out_channels, out_span)] = args.flow.unwrap_or([(None, args.span); 2]);
        Conv {
            in_channels,
            out_channels,
            window: Window::new(args, Some(1)),
            groups: args.pair("groups", 1)[0],
            bias: !args.flag("nobias"),
            in_span,
            out_span,
            groups_span: args.span_of("groups"),
            stride_span: args.span_of("stride"),
            same_span: args.span_of("same"),
            padding_written: args.option("padding").is_some(),
            window_spans: WindowSpans::new(args),
        }
    }

    /// The same with a group for each of so many channels.
    pub(super) fn depthwise(&self, channels: Dim) -> Conv {
        Conv { in_channels: channels, out_channels: channels, groups: channels.unwrap_or(1), ..self.clone() }
    }

    pub(super) fn check_channels(&self, arriving: Dim, cx: &mut Inference<'_>) {
        let (Some(expected), Some(found)) = (self.in_channels, arriving) else { return };
        if expected != found {
            let (name, out) = (cx.call_name().to_owned(), hole(self.out_channels));
            cx.mismatch(
                &codes::CONV_CHANNELS,
                self.in_span,
                format!("`{name}` expects {} but receives {found}", count(expected, "input channel")),
            )
            .help(format!("write `{found} -> {out}` or `_ -> {out}`"));
        }
    }

    pub(super) fn check_groups(&self, in_channels: Dim, cx: &mut Inference<'_>) {
        let checks = [("input", in_channels, self.in_span), ("output", self.out_channels, self.out_span)];
        for (side, channels, span) in checks {
            let Some(channels) = channels else { continue };
            if !channels.is_multiple_of(self.groups) {
                let fault = format!("{channels} {side} channels cannot be split into {} groups", self.groups);
                let span = if span == cx.call_span() { span } else { self.groups_span };
                cx.error(&codes::CONV_GROUPS, span, fault).help(format!(
                    "`groups` has to divide both numbers of channels: {channels} can be split into {}",
                    divisors(channels)
                ));
                return;
            }
        }
    }

    fn check_same(&self, cx: &mut Inference<'_>) {
        if !self.window.same {
            return;
        }
        if self.window.stride != [1, 1] {
            cx.error(&codes::SAME, self.stride_span, "`same` pads for stride 1 only, as PyTorch's padding='same'")
                .help("give the padding in numbers: `p1` with `k3` and `s2` halves the image");
        } else if self.padding_written {
            cx.error(&codes::SAME, self.same_span, "`same` chooses the padding, and `p` gives it as well")
                .help("leave one of the two out");
        }
    }

    pub(super) fn input_channels(&self, input: Shape) -> Dim {
        match input {
            Shape::Maps([arriving, ..]) => self.in_channels.or(arriving),
            _ => self.in_channels,
        }
    }
}

/// The numbers that divide `n`, the first few of them.
pub(super) fn divisors(n: u64) -> String {
    let small: Vec<String> =
        (1..=n.min(4096)).filter(|d| n.is_multiple_of(*d)).take(8).map(|d| d.to_string()).collect();
    small.join(", ")
}

impl fmt::Display for Conv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut args = vec![format!("{} -> {}", hole(self.in_channels), hole(self.out_channels))];
        args.extend(self.window.spelled([1, 1]));
        args.extend(self.spelled_rest());
        f.pad(&format!("conv({})", args.join(", ")))
    }
}

impl Layer for Conv {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        self.check_same(cx);
        let Some(sizes) = expect_maps(input, cx) else {
            self.check_groups(self.in_channels, cx);
            return Shape::Maps([self.out_channels, None, None]);
        };
        self.check_channels(sizes[0], cx);
        self.check_groups(self.in_channels.or(sizes[0]), cx);
        let [height, width] = self.window.infer(sizes, &self.window_spans, cx);
        Shape::Maps([self.out_channels, height, width])
    }

    fn arithmetic(&self, input: Shape, output: Shape) -> Option<String> {
        self.window.arithmetic(input, output)
    }

    fn params(&self, input: Shape) -> Vec<Param> {
        let [height, width] = self.window.kernel;
        let per_group = self.input_channels(input).map(|channels| channels / self.groups);
        let init = Init::Uniform(per_group.and_then(|n| n.checked_mul(height)?.checked_mul(width)));
        let weight = vec![self.out_channels, per_group, Some(height), Some(width)];
        let mut params = vec![Param { tensor: "weight", shape: weight, init }];
        if self.bias {
            params.push(Param { tensor: "bias", shape: vec![self.out_channels], init });
        }
        params
    }

    fn macs(&self, input: Shape, output: Shape) -> Dim {
        let weights = self.params(input)[0].len()?;
        let Shape::Maps([_, height, width]) = output else { return None };
        weights.checked_mul(height?)?.checked_mul(width?)
    }

    fn fixes(&self) -> Fixes {
        self.in_channels.map_or(Fixes::Nothing, Fixes::Channels)
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        Some(self.training(sizes.input(), sizes.output, false))
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        let Geometry { height, width, .. } = plan.input_maps();
        let (image, padding) = ([height, width], self.window.leading());
        Convolution { window: &self.window, groups: self.groups, image, padding, transposed: false }.lower(plan);
    }
}

impl Conv {
    /// What joins a large image and a small one; `transposed` where the small one arrives.
    pub(super) fn training(&self, large: Geometry, small: Geometry, transposed: bool) -> Op {
        let fields = vec![
            Field::size("channels", large.channels),
            Field::pair("image", [large.height, large.width]),
            Field::size("small_channels", small.channels),
            Field::pair("small", [small.height, small.width]),
            Field::pair("kernel", self.window.kernel),
            Field::pair("stride", self.window.stride),
            Field::pair("padding", self.window.leading()),
            Field::pair("dilation", self.window.dilation),
            Field::size("groups", self.groups),
            Field::flag("transposed", transposed),
        ];
        Op::new("ConvOp", fields).keep_input().fuse_relu()
    }

    /// Groups and bias as they are written, defaults left out.
    pub(super) fn spelled_rest(&self) -> Vec<String> {
        let groups = (self.groups != 1).then(|| format!("g{}", self.groups));
        groups.into_iter().chain((!self.bias).then(|| "nobias".to_owned())).collect()
    }
}
