//! Convolutions in the plan: which algorithm computes one, with which tiles and weights.

use std::ops::Range;

use super::window::Window;
use crate::plan::{Field, Geometry, LANES, Layout, Loads, Operand, Pack, Planner, Sums, Tensor, Tile, WIDEST};

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
    /// By Winograd's F(tile×tile, r×r), so many tiles at a time, as if it took so many multiply-adds less.
    Winograd { tile: u64, strip: u64, saved: u64 },
    /// By Strassen's, so many pixels of each half at a time.
    Strassen { strip: u64, saved: u64 },
    /// Each channel alone.
    Depthwise,
    /// In groups that divide blocks of channels.
    Grouped,
}

/// The kernels and tiles of Winograd's algorithm that the runtime has.
const WINOGRAD: [(u64, u64); 3] = [(3, 4), (3, 2), (5, 2)];

/// Tiles whose products of a place the runtime's kernel computes at a time, at most.
const WINOGRAD_ABREAST: u64 = 8;

/// Pixels that its kernel for Strassen's algorithm does, at most.
const STRASSEN_ABREAST: u64 = 8;

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
        let mut frame = Vec::new();
        if plan.value().layout == Layout::Planar || algorithm == Algorithm::Direct && out.width < NARROW {
            frame = self.pad(plan, algorithm, out);
        }
        let pointwise = matches!(algorithm, Algorithm::Direct | Algorithm::Strassen { .. });
        if pointwise && self.window.kernel == [1, 1] && self.image == [out.height, out.width] && frame.is_empty() {
            // To 1×1 convolution all pixels are one row, whose windows are the easiest to find.
            self.image = [1, out.height * out.width];
            [out.height, out.width] = self.image;
        }
        let lanes = if plan.value().layout == Layout::Blocked { LANES } else { 1 };
        let shape = self.shape(plan, inputs, out);
        let weights = self.pack(plan, algorithm, shape.clone(), [inputs, out.channels, lanes]);
        if let Algorithm::Strassen { .. } = algorithm {
            let operands = vec![shape.clone(), Operand::Arithmetic];
            let pack = Pack { function: "sum_filters", operands, tensors: &[], len: 0, sums: None };
            plan.pack_last(weights.clone(), pack);
        }
        let (shape, team) = match (algorithm, shape) {
            // Of depthwise convolution each product waits for a value of its own.
            (Algorithm::Depthwise, shape) => (shape, Field::team(plan.macs().saturating_mul(4))),
            (Algorithm::Direct | Algorithm::Winograd { .. }, Operand::Constant(shape)) => {
                (Operand::ConstantOnThreads(shape), Field::team_in_any_net(plan.macs()))
            }
            (_, shape) => (shape, Field::team(plan.macs())),
        };
        let mut fields = vec![Field { name: "shape", value: shape }, team, Field::activation()];
        let mut pooled = None;
        let (kernel, consts, scratch) = match algorithm {
            Algorithm::Depthwise => ("Depthwise", Vec::new(), 0),
            Algorithm::Grouped => ("GroupedConv", vec![lanes], 0),
            Algorithm::Direct => {
                fields.push(Field::size("strip", self.strip(inputs, out)));
                let outputs = out.channels / self.groups;
                let [mut tiles, mut pooled_tiles] = [Loads::DIRECT, Loads::POOLED]
                    .map(|loads| Tile::choose_both(self.taps(inputs), outputs, [out.height, out.width], loads));
                // A single vector of outputs takes more pixels to keep both multiply-add units busy: constant addresses and 32
                // registers allow them.
                let long = [14, 12, 10].into_iter().find(|pixels| out.width.is_multiple_of(*pixels));
                if let Some(pixels) = long.filter(|_| outputs <= LANES && plan.is_small()) {
                    tiles[2..].copy_from_slice(&[1, pixels]);
                    pooled_tiles[2..].copy_from_slice(&[1, pixels]);
                }
                let (kernel, lanes, scratch) = if frame.is_empty() {
                    fields.push(Field::residual());
                    ("Conv", vec![lanes], 0)
                } else {
                    fields.append(&mut frame);
                    ("PaddedConv", Vec::new(), inputs * self.image[0] * self.image[1])
                };
                if self.window.kernel != [1, 1] {
                    pooled = Some([&lanes[..], &[2], &pooled_tiles].concat());
                }
                (kernel, [&lanes[..], &[1], &tiles].concat(), scratch)
            }
            Algorithm::Strassen { strip, saved } => {
                plan.saves(saved);
                fields.extend([Field::arithmetic(), Field::residual(), Field::size("strip", strip)]);
                let half = self.image[1].div_ceil(2);
                let tiles = Tile::choose_of_halves(inputs / 2, out.channels / 2, half);
                // Four sums of halves of the inputs, and two tiles of sums of products.
                let scratch = (strip + STRASSEN_ABREAST) * (4 * (inputs / 2) + 2 * Tile::channels(&tiles));
                ("Strassen", tiles, scratch)
            }
            Algorithm::Winograd { tile, strip, saved } => {
                plan.saves(saved);
                fields.extend([Field::arithmetic(), Field::residual(), Field::size("strip", strip)]);
                let patch = self.patch(tile);
                // With a gap of a cache line behind each place's patches and products, and room for tiles that are computed for nothing.
                let patches = patch * patch * (inputs.next_multiple_of(LANES) * strip + WIDEST);
                let tiles = Tile::choose_both(inputs, out.channels, [1, strip], Loads::WINOGRAD);
                let blocks = Tile::channels(&tiles) / LANES;
                let products = patch * patch * blocks * ((strip + WINOGRAD_ABREAST) * LANES + WIDEST);
                let scratch = patches + WINOGRAD_ABREAST * LANES + products;
                pooled = Some([vec![tile, patch, 2], tiles.clone()].concat());
                ("Winograd", [vec![tile, patch, 1], tiles].concat(), scratch)
            }
        };
        plan.step(kernel, consts, fields, Some(weights), Layout::Blocked);
        plan.scratch(scratch);
        if let Some(consts) = pooled {
            plan.may_pool(consts);
        }
    }

    /// Copies the image into a frame of zeros where some tap lies outside, or returns where in it the image lies, for a kernel that
    /// does so itself.
    fn pad(&mut self, plan: &mut Planner<'_>, algorithm: Algorithm, out: Geometry) -> Vec<Field> {
        let Window { kernel, stride, dilation, .. } = self.window;
        // Rows and columns behind the last window are never read.
        let needed = |axis: usize, out: u64| (out - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1;
        let frame = [needed(0, out.height), needed(1, out.width)];
        if self.padding == [0, 0] && frame[0] <= self.image[0] && frame[1] <= self.image[1] {
            return Vec::new();
        }
        let padded = [0, 1].map(|axis| frame[axis].max(self.image[axis] + self.padding[axis]));
        let ([height, width], [top, left]) = (self.image, self.padding);
        (self.image, self.padding) = (padded, [0, 0]);
        let planar = plan.value().layout == Layout::Planar;
        if plan.is_small() && planar && algorithm == Algorithm::Direct && self.groups == 1 {
            let sizes = [("height", height), ("width", width), ("top", top), ("left", left)];
            return sizes.map(|(name, size)| Field::size(name, size)).to_vec();
        }
        plan.pad([top, left], padded);
        Vec::new()
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
        let (function, how, rows) = match algorithm {
            Algorithm::Winograd { tile, .. } => {
                let patch = self.patch(tile);
                ("pack_winograd", vec![Operand::Size(patch), Operand::Arithmetic], patch * patch * inputs)
            }
            Algorithm::Strassen { .. } => ("pack_strassen", Vec::new(), 7 * inputs / 4),
            Algorithm::Direct => (direct, vec![Operand::Size(lanes)], self.taps(inputs)),
            // Each lane has an input of its own, so that the weights come in planar order.
            Algorithm::Depthwise | Algorithm::Grouped => (direct, vec![Operand::Size(1)], self.taps(inputs)),
        };
        let len = outputs.next_multiple_of(WIDEST) * (1 + rows);
        plan.pack(Pack {
            function,
            operands: [vec![shape], how].concat(),
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
            let blocked = layout == Layout::Blocked;
            let faster = self.winograd(inputs, out).or_else(|| self.strassen(inputs, out));
            faster.filter(|_| blocked).unwrap_or(Algorithm::Direct)
        }
    }

    /// Rows and columns of what a tile of Winograd's algorithm depends on.
    fn patch(&self, tile: u64) -> u64 {
        tile + self.window.kernel[0] - 1
    }

    /// The form of Winograd's algorithm that takes least time, if one takes less than the definition.
    fn winograd(&self, inputs: u64, out: Geometry) -> Option<Algorithm> {
        /// What the transforms of a tile cost for each channel and place, in multiply-adds: measured.
        const TRANSFORM: u64 = 6;
        /// What one more weight costs to fetch, in multiply-adds: measured.
        const WEIGHT: u64 = 10;
        /// The most values of a channel's patches that stay in a core's own cache.
        const STRIP: u64 = 32 * 36;
        let Window { kernel, stride, dilation, .. } = *self.window;
        if self.transposed || (stride, dilation, self.groups) != ([1, 1], [1, 1], 1) {
            return None;
        }
        let products = inputs.saturating_mul(out.channels);
        let taps = kernel[0] * kernel[1];
        let direct = products.saturating_mul(taps).saturating_mul(out.height * out.width);
        let channels = inputs.next_multiple_of(LANES) + out.channels.next_multiple_of(LANES);
        let forms = WINOGRAD.iter().filter(|(size, _)| kernel == [*size; 2]).map(|&(_, tile)| {
            let places = self.patch(tile).pow(2);
            let tiles = out.height.div_ceil(tile) * out.width.div_ceil(tile);
            let transforms = TRANSFORM * places * channels;
            let weights = (WEIGHT * (places - taps)).saturating_mul(products);
            let cost = tiles.saturating_mul(products.saturating_mul(places).saturating_add(transforms));
            let strips = (tiles * places).div_ceil(STRIP);
            let saved = direct.saturating_sub(cost.saturating_add(weights));
            (saved, Algorithm::Winograd { tile, strip: tiles.div_ceil(strips), saved })
        });
        forms.filter(|&(saved, _)| saved > 0).max_by_key(|&(saved, _)| saved).map(|(_, form)| form)
    }

    /// Strassen's algorithm, if it takes less time than the definition.
    fn strassen(&self, inputs: u64, out: Geometry) -> Option<Algorithm> {
        /// What the sums of halves cost for each channel and pixel, in multiply-adds: measured.
        const SUMS: u64 = 5;
        /// What one more weight costs to fetch, in multiply-adds: measured.
        const WEIGHT: u64 = 8;
        /// Bytes of a strip's sums that stay in a core's own cache.
        const STRIP: u64 = 512 << 10;
        let Window { kernel, stride, .. } = *self.window;
        let pixels = out.height * out.width;
        let halves = inputs.is_multiple_of(2 * LANES) && out.channels.is_multiple_of(2 * WIDEST) && pixels >= 2 * LANES;
        if self.transposed || self.groups != 1 || (kernel, stride, self.padding) != ([1, 1], [1, 1], [0, 0]) || !halves
        {
            return None;
        }
        let products = inputs.saturating_mul(out.channels);
        let cost = (SUMS * pixels * (inputs + out.channels)).saturating_add((WEIGHT * 3 / 4).saturating_mul(products));
        let saved = (products.saturating_mul(pixels) / 8).checked_sub(cost).filter(|&saved| saved > 0)?;
        let half = pixels.div_ceil(2);
        let strips = inputs.saturating_mul(8 * half).div_ceil(STRIP);
        Some(Algorithm::Strassen { strip: half.div_ceil(strips), saved })
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
