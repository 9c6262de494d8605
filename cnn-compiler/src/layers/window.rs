//! Windows that slide over feature maps: the arithmetic that convolutions and pools share.

use crate::codes;
use crate::diagnostic::count;
use crate::graph::{Args, Dim, Shape};
use crate::plan::{Field, Geometry, Planner};
use crate::shape::Inference;

/// A window's geometry, each value for height and width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    pub kernel: [u64; 2],
    pub stride: [u64; 2],
    pub padding: [u64; 2],
    pub dilation: [u64; 2],
    /// Round up, so that a window may start inside the image and end outside (PyTorch's `ceil_mode`).
    pub ceil: bool,
    /// Pad so that the output is as large as the input (PyTorch's `padding='same'`).
    pub same: bool,
}

const AXES: [&str; 2] = ["height", "width"];

impl Window {
    /// Pools take the kernel as their default stride, convolutions 1.
    pub fn new(args: &Args, default_stride: Option<u64>) -> Window {
        let kernel = args.pair("kernel", 1);
        let stride = match (args.option("stride"), default_stride) {
            (Some((stride, _)), _) => stride,
            (None, Some(default)) => [default; 2],
            (None, None) => kernel,
        };
        Window {
            kernel,
            stride,
            padding: args.pair("padding", 0),
            dilation: args.pair("dilation", 1),
            ceil: args.flag("ceil"),
            same: args.flag("same"),
        }
    }

    /// `D(F−1) + 1`: what the kernel covers; None on overflow.
    fn extent(&self, axis: usize) -> Dim {
        self.dilation[axis].checked_mul(self.kernel[axis] - 1)?.checked_add(1)
    }

    /// The padding above and left of the image.
    pub fn leading(&self) -> [u64; 2] {
        if self.same { [0, 1].map(|axis| self.total_same(axis) / 2) } else { self.padding }
    }

    fn total_same(&self, axis: usize) -> u64 {
        self.extent(axis).map_or(0, |extent| extent - 1)
    }

    /// The size of the image with its padding on both sides; None on overflow.
    fn padded(&self, size: u64, axis: usize) -> Dim {
        let padding = if self.same { self.total_same(axis) } else { self.padding[axis].checked_mul(2)? };
        size.checked_add(padding)
    }

    /// O = ⌊(I + 2P − D(F−1) − 1)/S⌋ + 1, PyTorch's formula (`torch.nn.Conv2d`, `torch.nn.MaxPool2d`):
    /// None where the kernel does not fit or a number overflows. Sizes are at least 1.
    pub fn out(&self, size: u64, axis: usize) -> Dim {
        let (padded, extent) = (self.padded(size, axis)?, self.extent(axis)?);
        let stride = self.stride[axis];
        if !self.ceil {
            return Some(padded.checked_sub(extent)? / stride + 1);
        }
        // Rounding up also lets in a kernel that is a little larger than the image.
        let out = padded.checked_add(stride - 1)?.checked_sub(extent)? / stride + 1;
        // PyTorch drops a window that would start in the padding behind the image.
        let starts_behind = (out - 1).checked_mul(stride)? >= size.checked_add(self.padding[axis])?;
        Some(out - u64::from(starts_behind))
    }

    /// Height and width of the output. Reports a kernel that does not fit.
    pub fn infer(&self, [channels, height, width]: [Dim; 3], args: &WindowSpans, cx: &mut Inference<'_>) -> [Dim; 2] {
        let sizes = [height, width];
        if self.frame_too_large(channels.unwrap_or(1), sizes) {
            report_overflow(args, cx);
            return [None; 2];
        }
        let fits = [0, 1].map(|axis| sizes[axis].is_none_or(|size| self.out(size, axis).is_some()));
        if let Some(axis) = (0..2).find(|&axis| !fits[axis]) {
            self.report_too_large(axis, sizes, args, cx);
        }
        [0, 1].map(|axis| if fits[axis] { self.out(sizes[axis]?, axis) } else { None })
    }

    /// Whether the image with its padding has too many values to be copied.
    fn frame_too_large(&self, channels: u64, sizes: [Dim; 2]) -> bool {
        const MAX_FRAME: u64 = 1 << 40;
        let [Some(height), Some(width)] = sizes else { return false };
        let frame = [(height, 0), (width, 1)].map(|(size, axis)| self.padded(size, axis));
        let values = frame.into_iter().try_fold(channels, |values, side| values.checked_mul(side?));
        values.is_none_or(|values| values > MAX_FRAME)
    }

    fn report_too_large(&self, axis: usize, sizes: [Dim; 2], args: &WindowSpans, cx: &mut Inference<'_>) {
        let size = sizes[axis].unwrap_or(0);
        let kernel = self.kernel[axis];
        let (Some(extent), Some(padded)) = (self.extent(axis), self.padded(size, axis)) else {
            return report_overflow(args, cx);
        };
        if extent <= padded {
            return report_overflow(args, cx);
        }
        let spread = if self.dilation[axis] > 1 {
            format!(" (it covers {extent} with dilation {})", self.dilation[axis])
        } else {
            String::new()
        };
        let image = if padded == size {
            format!("an image of {} {size}", AXES[axis])
        } else {
            format!("an image of {} {padded} ({size} and its padding)", AXES[axis])
        };
        let shortest = (extent - size).div_ceil(2);
        let padding = self.padding.map(|p| p.max(shortest));
        cx.mismatch(
            &codes::KERNEL_TOO_LARGE,
            args.kernel,
            format!("a kernel of {kernel}{spread} does not fit {image}"),
        )
        .help(format!("pad the image with `{}`, or use a smaller kernel", super::pair("p", padding)));
    }

    /// `(8 + 2·1 − 3)/2 + 1 = 4`, once where both directions agree.
    pub fn arithmetic(&self, input: Shape, output: Shape) -> Option<String> {
        on_both_axes(input, output, |axis, size, out| self.axis_arithmetic(size, out, axis))
    }

    fn axis_arithmetic(&self, size: u64, out: u64, axis: usize) -> String {
        let (kernel, stride, padding, dilation) =
            (self.kernel[axis], self.stride[axis], self.padding[axis], self.dilation[axis]);
        if self.same {
            return format!("same: {size}");
        }
        let mut room = size.to_string();
        if padding > 0 {
            room += &format!(" + 2·{padding}");
        }
        room += &match dilation {
            1 => format!(" − {kernel}"),
            _ => format!(" − {dilation}·({kernel} − 1) − 1"),
        };
        let exact =
            self.padded(size, axis).zip(self.extent(axis)).is_some_and(|(p, e)| p >= e && (p - e) % stride == 0);
        match (exact, self.ceil) {
            (true, _) => format!("({room})/{stride} + 1 = {out}"),
            (false, false) => format!("⌊({room})/{stride}⌋ + 1 = {out}"),
            (false, true) => format!("⌈({room})/{stride}⌉ + 1 = {out}"),
        }
    }

    /// The geometry of the current layer, a pool.
    pub fn pool_geometry(&self, plan: &mut Planner<'_>) -> Field {
        let fields = self.pool_fields(plan.input_maps(), plan.output_maps());
        Field { name: "shape", value: plan.constant("Pool2d", fields) }
    }

    /// The geometry of a pool.
    pub fn pool_field(&self, image: Geometry, out: Geometry) -> Field {
        Field::new("shape", "Pool2d", self.pool_fields(image, out))
    }

    fn pool_fields(&self, image: Geometry, out: Geometry) -> Vec<Field> {
        vec![
            Field::size("channels", image.channels),
            Field::size("in_height", image.height),
            Field::size("in_width", image.width),
            Field::size("out_height", out.height),
            Field::size("out_width", out.width),
            Field::pair("kernel", self.kernel),
            Field::pair("stride", self.stride),
            Field::pair("padding", self.padding),
            Field::pair("dilation", self.dilation),
        ]
    }

    /// Who computes the current layer, a pool.
    pub fn pool_team(&self, plan: &Planner<'_>) -> Field {
        /// What a tap costs, in multiply-adds.
        const TAP: u64 = 4;
        Field::team((TAP * self.kernel[0] * self.kernel[1]).saturating_mul(plan.output_len()))
    }

    /// The options as they are written, defaults left out.
    pub fn spelled(&self, default_stride: [u64; 2]) -> Vec<String> {
        let mut options = vec![super::pair("k", self.kernel)];
        let mut unless = |short, value: [u64; 2], default| {
            if value != default {
                options.push(super::pair(short, value));
            }
        };
        unless("s", self.stride, default_stride);
        unless("p", self.padding, [0; 2]);
        unless("d", self.dilation, [1; 2]);
        for (flag, name) in [(self.same, "same"), (self.ceil, "ceil")] {
            if flag {
                options.push(name.to_owned());
            }
        }
        options
    }
}

fn report_overflow(args: &WindowSpans, cx: &mut Inference<'_>) {
    cx.error(&codes::TOO_LARGE, args.kernel, "these numbers are too large to count with");
}

/// What `arithmetic` says of an axis, its size and its size behind the layer: of both, or once where they agree.
pub(crate) fn on_both_axes(
    input: Shape,
    output: Shape,
    arithmetic: impl Fn(usize, u64, u64) -> String,
) -> Option<String> {
    let (Shape::Maps([_, in_h, in_w]), Shape::Maps([_, out_h, out_w])) = (input, output) else { return None };
    let (height, width) = (arithmetic(0, in_h?, out_h?), arithmetic(1, in_w?, out_w?));
    Some(if height == width { height } else { format!("{height}, {width}") })
}

/// Where a window's numbers were written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WindowSpans {
    pub kernel: crate::source::Span,
    pub padding: crate::source::Span,
}

impl WindowSpans {
    pub fn new(args: &Args) -> WindowSpans {
        WindowSpans { kernel: args.span_of("kernel"), padding: args.span_of("padding") }
    }
}

/// The input as feature maps; a vector is reported.
pub(crate) fn expect_maps(input: Shape, cx: &mut Inference<'_>) -> Option<[Dim; 3]> {
    match input {
        Shape::Maps(sizes) => Some(sizes),
        Shape::Unknown => None,
        Shape::Vector(n) => {
            let values = n.map_or("a vector".to_owned(), |n| format!("a vector of {}", count(n, "value")));
            let name = cx.call_name().to_owned();
            cx.mismatch(
                &codes::NEEDS_MAPS,
                cx.call_span(),
                format!("`{name}` expects feature maps (channels × height × width) but receives {values}"),
            )
            .help("put it before `flatten`, or shape the vector with `view(-1, channels, height, width)`");
            None
        }
    }
}

/// PyTorch's rule for pools: padding is at most half of the kernel, so that every window sees the image.
pub(crate) fn check_pool_padding(window: &Window, spans: &WindowSpans, cx: &mut Inference<'_>) {
    for axis in 0..2 {
        let (kernel, padding) = (window.kernel[axis], window.padding[axis]);
        let limit = kernel / 2;
        if padding > limit {
            let most = super::pair("p", window.kernel.map(|kernel| kernel / 2));
            cx.error(
                &codes::POOL_PADDING,
                spans.padding,
                format!("a pool's padding is at most half its kernel: {limit} for k{kernel}, not {padding}"),
            )
            .note("more would make windows that see padding alone")
            .help(format!("write `{most}` or less, or a larger kernel"));
            return;
        }
    }
}
