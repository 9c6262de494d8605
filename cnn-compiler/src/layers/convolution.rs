//! Convolutions in the plan: which algorithm computes one, with which tiles and weights.

use std::ops::Range;

use super::window::Window;
use crate::plan::{Field, Geometry, LANES, Layout, Operand, Pack, Planner, Tensor, Tile, WIDEST};

/// A convolution of the current values.
pub(super) struct Convolution<'a> {
    /// Kernel, stride and dilation.
    pub window: &'a Window,
    /// Channels are split into so many groups, convolved apart.
    pub groups: u64,
    /// Height and width of the current values.
    pub image: [u64; 2],
    /// Zeros above and on the left, which the image lacks; it holds all other taps where it is planar.
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

impl Convolution<'_> {
    /// Adds its step to the plan.
    pub fn lower(&self, plan: &mut Planner<'_>) {
        let (inputs, out) = (plan.input_maps().channels, plan.output_maps());
        let algorithm = self.algorithm(inputs, out, plan.value().layout);
        if algorithm == Algorithm::Depthwise {
            plan.make_blocked();
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
                let scratch = WINOGRAD_PLACES * (inputs.div_ceil(LANES) + WINOGRAD_CHUNK) * strip * LANES;
                ("Winograd", Tile::choose_both(inputs, out.channels, [1, strip]), scratch)
            }
        };
        plan.step(kernel, consts, fields, Some(weights), Layout::Blocked);
        plan.scratch(scratch);
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
        plan.pack(Pack {
            function,
            operands: vec![shape, operand],
            tensors: &[Tensor::Own("weight"), Tensor::Optional("bias")],
            len: outputs.next_multiple_of(WIDEST) * (1 + rows),
            sums: Some(outputs),
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
        /// What one more weight costs to fetch, in multiply-adds: measured, of nets whose weights do not fit the caches.
        const WEIGHT: u64 = 12;
        /// The most tiles whose transforms stay in a core's own cache.
        const STRIP: u64 = 32;
        let Window { kernel, stride, dilation, .. } = *self.window;
        if self.transposed || (kernel, stride, dilation, self.groups) != ([3, 3], [1, 1], [1, 1], 1) {
            return None;
        }
        let tiles = out.height.div_ceil(4) * out.width.div_ceil(4);
        let products = inputs.saturating_mul(out.channels);
        let transforms = TRANSFORM * (inputs + out.channels);
        let weights = (WEIGHT * (WINOGRAD_PLACES - 9)).saturating_mul(products);
        let cost = tiles.saturating_mul(products.saturating_mul(WINOGRAD_PLACES).saturating_add(transforms));
        let direct = products.saturating_mul(9).saturating_mul(out.height * out.width);
        let strips = tiles.div_ceil(STRIP);
        (cost.saturating_add(weights) < direct).then(|| tiles.div_ceil(strips))
    }

    /// Multiplications per output value.
    fn taps(&self, inputs: u64) -> u64 {
        inputs / self.groups * self.window.kernel[0] * self.window.kernel[1]
    }

    /// How many output pixels are finished in all channels before the next ones: all of them, unless the input does not stay
    /// in a core's own cache from one tile of output channels to the next.
    fn strip(&self, inputs: u64, out: Geometry) -> u64 {
        const CACHE: u64 = 256 << 10;
        let input = 4 * (inputs / self.groups) * self.image[0] * self.image[1];
        (out.height * out.width).div_ceil(input.div_ceil(CACHE).max(1))
    }
}
