//! Convolutions in the plan: which algorithm computes one, with which tiles and weights.

use std::ops::Range;

use super::window::Window;
use crate::plan::{Field, Geometry, LANES, Layout, Operand, Pack, Planner, Sums, Tensor, Tile, WIDEST, WINOGRAD};

/// A convolution of the current values.
pub(super) struct Convolution<'a> {
    /// Kernel, stride and dilation.
    pub window: &'a Window,
    /// Channels are split into so many groups, convolved apart.
    pub groups: u64,
    /// Height and width of the current values.
    pub image: [u64; 2],
    /// Zeros above and on the left, which the image lacks.
    pub padding: [u64; 2],
    /// The weights are those of a transposed convolution, to be turned around.
    pub transposed: bool,
}

/// How a convolution is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Algorithm {
    /// As it is defined, a tile of sums in registers.
    Direct,
    /// By Winograd's F(4×4, 3×3), so many tiles of 4×4 outputs at a time.
    Winograd { strip: u64 },
    /// Each channel alone.
    Depthwise,
    /// In groups that divide blocks of channels.
    Grouped,
}

/// Multiplications of Winograd's F(4×4, 3×3) for a tile of 4×4 outputs.
const WINOGRAD_PLACES: u64 = 36;

/// Output blocks whose products the runtime's kernel keeps at a time.
const WINOGRAD_CHUNK: u64 = 8;

/// Output columns of an image that is padded beforehand.
const NARROW: u64 = 16;

impl Convolution<'_> {
    /// Adds its step to the plan.
    pub fn lower(mut self, plan: &mut Planner<'_>) {
        let (inputs, mut out) = (plan.input_maps().channels, plan.output_maps());
        let algorithm = self.algorithm(inputs, out, plan.value().layout);
        if algorithm == Algorithm::Depthwise {
            plan.make_blocked();
        }
        // Of blocked images the kernels know what lies outside. But most tiles of a small one reach over its edge, and pay for
        // each tap that may lie there.
        if plan.value().layout == Layout::Planar || algorithm == Algorithm::Direct && out.width < NARROW {
            self.pad(plan, out);
        }
        if algorithm == Algorithm::Direct && self.window.kernel == [1, 1] && self.image == [out.height, out.width] {
            // To 1×1 convolution all pixels are one row, whose windows are the easiest to find.
            self.image = [1, out.height * out.width];
            [out.height, out.width] = self.image;
        }
        let lanes = if plan.value().layout == Layout::Blocked { LANES } else { 1 };
        let shape = self.shape(plan, inputs, out);
        let weights = self.pack(plan, algorithm, shape.clone(), [inputs, out.channels, lanes]);
        let mut fields = vec![Field { name: "shape", value: shape }, Field::team(plan.macs()), Field::activation()];
        let (kernel, consts, scratch) = match algorithm {
            Algorithm::Depthwise => ("Depthwise", Vec::new(), 0),
            Algorithm::Grouped => ("GroupedConv", vec![lanes], 0),
            Algorithm::Direct => {
                fields.extend([Field::residual(), Field::size("strip", self.strip(inputs, out))]);
                let outputs = out.channels / self.groups;
                let tiles = Tile::choose_both(self.taps(inputs), outputs, [out.height, out.width]);
                ("Conv", [vec![lanes], tiles].concat(), 0)
            }
            Algorithm::Winograd { strip } => {
                fields.extend([Field::arithmetic(), Field::residual(), Field::size("strip", strip)]);
                let tile = (inputs.div_ceil(LANES) + WINOGRAD_CHUNK) * LANES;
                // With a gap of a cache line behind each place's patches and products.
                let scratch = WINOGRAD_PLACES * (tile * strip + 2 * WIDEST);
                (WINOGRAD, Tile::choose_both(inputs, out.channels, [1, strip]), scratch)
            }
        };
        plan.step(kernel, consts, fields, Some(weights), Layout::Blocked);
        plan.scratch(scratch);
    }

    /// Copies the image into a frame of zeros where some tap lies outside.
    fn pad(&mut self, plan: &mut Planner<'_>, out: Geometry) {
        let Window { kernel, stride, dilation, .. } = self.window;
        // Rows and columns behind the last window are never read.
        let needed = |axis: usize, out: u64| (out - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1;
        let frame = [needed(0, out.height), needed(1, out.width)];
        if self.padding == [0, 0] && frame[0] <= self.image[0] && frame[1] <= self.image[1] {
            return;
        }
        let padded = [0, 1].map(|axis| frame[axis].max(self.image[axis] + self.padding[axis]));
        plan.pad(self.padding, padded);
        (self.image, self.padding) = (padded, [0, 0]);
    }

    fn shape(&self, plan: &mut Planner<'_>, inputs: u64, out: Geometry) -> Operand {
        let sizes = vec![
            Field::size("in_channels", inputs),
            Field::size("in_height", self.image[0]),
            Field::size("in_width", self.image[1]),
            Field::size("out_channels", out.channels),
            Field::size("out_height", out.height),
            Field::size("out_width", out.width),
            Field::pair("kernel", self.window.kernel),
            Field::pair("stride", self.window.stride),
            Field::pair("padding", self.padding),
            Field::pair("dilation", self.window.dilation),
            Field::size("groups", self.groups),
        ];
        plan.constant("Conv2d", sizes)
    }

    /// Packs weight and bias; the input has so many `lanes` in a block.
    fn pack(
        &self,
        plan: &mut Planner<'_>,
        algorithm: Algorithm,
        shape: Operand,
        [inputs, outputs, lanes]: [u64; 3],
    ) -> Range<u64> {
        let direct = if self.transposed { "pack_convtranspose" } else { "pack_conv" };
        let (function, operand, rows) = match algorithm {
            Algorithm::Winograd { .. } => ("pack_winograd", Operand::Arithmetic, WINOGRAD_PLACES * inputs),
            Algorithm::Direct => (direct, Operand::Size(lanes), self.taps(inputs)),
            // Each lane has an input of its own, so that the weights come in planar order.
            Algorithm::Depthwise | Algorithm::Grouped => (direct, Operand::Size(1), self.taps(inputs)),
        };
        let len = outputs.next_multiple_of(WIDEST) * (1 + rows);
        plan.pack(Pack {
            function,
            operands: vec![shape, operand],
            tensors: &[Tensor::Own("weight"), Tensor::Optional("bias")],
            len,
            sums: Some(Sums { count: outputs, len }),
        })
    }

    /// The algorithm that takes least time.
    fn algorithm(&self, inputs: u64, out: Geometry, layout: Layout) -> Algorithm {
        if self.groups > 1 && self.groups == inputs && self.groups == out.channels {
            Algorithm::Depthwise
        } else if self.groups > 1 && !(out.channels / self.groups).is_multiple_of(LANES) {
            Algorithm::Grouped
        } else {
            let strip = self.winograd_strip(inputs, out).filter(|_| layout == Layout::Blocked);
            strip.map_or(Algorithm::Direct, |strip| Algorithm::Winograd { strip })
        }
    }

    /// How many tiles Winograd's algorithm takes at a time, if it takes less time than the definition.
    fn winograd_strip(&self, inputs: u64, out: Geometry) -> Option<u64> {
        /// What the transforms of a tile cost for each channel, in multiply-adds: measured.
        const TRANSFORM: u64 = 1000;
        /// What one more weight costs to fetch, in multiply-adds: measured, of layers whose weights take at most `NEAR`, and of
        /// larger ones.
        const WEIGHT: u64 = 12;
        const FAR_WEIGHT: u64 = 28;
        const NEAR: u64 = 4 << 20;
        /// The most tiles whose transforms stay in a core's own cache.
        const STRIP: u64 = 32;
        let Window { kernel, stride, dilation, .. } = *self.window;
        if self.transposed || (kernel, stride, dilation, self.groups) != ([3, 3], [1, 1], [1, 1], 1) {
            return None;
        }
        let tiles = out.height.div_ceil(4) * out.width.div_ceil(4);
        let products = inputs.saturating_mul(out.channels);
        let transforms = TRANSFORM * (inputs + out.channels);
        let near = products.saturating_mul(4 * WINOGRAD_PLACES) <= NEAR;
        let weights = (WINOGRAD_PLACES - 9).saturating_mul(products);
        let weights = weights.saturating_mul(if near { WEIGHT } else { FAR_WEIGHT });
        let cost = tiles.saturating_mul(products.saturating_mul(WINOGRAD_PLACES).saturating_add(transforms));
        let direct = products.saturating_mul(9).saturating_mul(out.height * out.width);
        let strips = tiles.div_ceil(STRIP);
        (cost.saturating_add(weights) < direct).then(|| tiles.div_ceil(strips))
    }

    /// Multiplications per output value.
    fn taps(&self, inputs: u64) -> u64 {
        inputs / self.groups * self.window.kernel[0] * self.window.kernel[1]
    }

    /// How many output pixels are finished in all channels before the next ones: so few that the part of the input that they
    /// need stays in a core's own cache from one tile of output channels to the next, unless reading the weights again for each
    /// strip costs more than that saves.
    fn strip(&self, inputs: u64, out: Geometry) -> u64 {
        /// The cache, in bytes, and what is left of it beside small weights.
        const CACHE: u64 = 512 << 10;
        const HALF: u64 = CACHE / 2;
        /// Output channels of a tile.
        const ROWS: u64 = 32;
        let outputs = out.channels / self.groups;
        let pixels = self.image[0].div_ceil(self.window.stride[0]) * self.image[1];
        let input = (4 * inputs / self.groups).saturating_mul(pixels);
        let weights = (4 * self.taps(inputs)).saturating_mul(outputs);
        let strips = input.div_ceil(if weights <= HALF { HALF } else { CACHE }).max(1);
        let read = weights.saturating_mul(strips).saturating_add(input);
        let read_whole = weights.saturating_add(input.saturating_mul(outputs.div_ceil(ROWS)));
        (out.height * out.width).div_ceil(if read < read_whole { strips } else { 1 })
    }
}
