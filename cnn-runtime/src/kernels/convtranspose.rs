//! Transposed convolution: the convolution of an image whose pixels are spread over a frame of zeros, with stride 1, by the
//! same weights turned around.

use super::conv::{conv_packed_len, pack_by};
use super::{Conv2d, product};
use crate::simd::{Kernel, Simd};

/// The transposed convolution of `input`, I×H×W, with `weight`, I×(O / groups)×KH×KW, plus `bias`, O, for the convolution
/// `shape` from the output to the input: its `in_channels`, `in_height` and `in_width` are those of the result, which has
/// `padding` cut off above and on the left.
pub fn reference(shape: &Conv2d, input: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
    let [kernel_height, kernel_width] = shape.kernel;
    let (height, width) = (shape.in_height, shape.in_width);
    let [group_inputs, group_outputs] = [shape.out_channels / shape.groups, shape.in_channels / shape.groups];
    let plane = height * width;
    let mut output = vec![0.0; shape.in_channels * plane];
    for (o, plane) in output.chunks_exact_mut(plane).enumerate() {
        plane.fill(bias.map_or(0.0, |bias| f64::from(bias[o])));
    }
    for i in 0..shape.out_channels {
        let first = i / group_inputs * group_outputs;
        for y in 0..shape.out_height {
            for x in 0..shape.out_width {
                let value = input[(i * shape.out_height + y) * shape.out_width + x];
                for o in 0..group_outputs {
                    for ky in 0..kernel_height {
                        for kx in 0..kernel_width {
                            let row = (y * shape.stride[0] + ky * shape.dilation[0]).wrapping_sub(shape.padding[0]);
                            let column = (x * shape.stride[1] + kx * shape.dilation[1]).wrapping_sub(shape.padding[1]);
                            if row < height && column < width {
                                let at = ((i * group_outputs + o) * kernel_height + ky) * kernel_width + kx;
                                output[(first + o) * plane + row * width + column] +=
                                    f64::from(value) * f64::from(weight[at]);
                            }
                        }
                    }
                }
            }
        }
    }
    output.into_iter().map(|sum| sum as f32).collect()
}

/// `input`, C×H×W, spread over C×`frame` zeros: the pixel at y, x comes to y·`stride` + `before` − `cut`, likewise x, unless that
/// is outside.
pub fn reference_spread(
    channels: usize,
    [height, width]: [usize; 2],
    stride: [usize; 2],
    before: [usize; 2],
    cut: [usize; 2],
    frame: [usize; 2],
    input: &[f32],
) -> Vec<f32> {
    let mut output = vec![0.0; channels * product(frame)];
    for channel in 0..channels {
        for y in 0..height {
            for x in 0..width {
                let row = (y * stride[0] + before[0]).wrapping_sub(cut[0]);
                let column = (x * stride[1] + before[1]).wrapping_sub(cut[1]);
                if row < frame[0] && column < frame[1] {
                    output[(channel * frame[0] + row) * frame[1] + column] = input[(channel * height + y) * width + x];
                }
            }
        }
    }
    output
}

/// Packs `weight`, I×(O / groups)×KH×KW, and `bias`, O, as [`pack_conv`](super::pack_conv) does those of the convolution
/// `shape` of the frame, whose weights are these turned around.
///
/// # Panics
///
/// If a slice's length does not fit the shape.
pub fn pack_convtranspose(shape: &Conv2d, lanes: usize, weight: &[f32], bias: Option<&[f32]>, packed: &mut [f32]) {
    let [group_inputs, group_outputs] = [shape.in_channels, shape.out_channels].map(|channels| channels / shape.groups);
    let window = product(shape.kernel);
    assert_eq!(packed.len(), conv_packed_len(shape));
    assert_eq!(weight.len(), product([shape.in_channels, group_outputs, window]));
    let turned = |o: usize, i: usize, tap: usize| {
        let (group, o) = (o / group_outputs, o % group_outputs);
        weight[((group * group_inputs + i) * group_outputs + o) * window + window - 1 - tap]
    };
    pack_by(shape, lanes, shape.taps(), turned, bias, packed);
}

/// Spreads an image over a frame of zeros: planar (`L` = 1) or blocked (`L` = 8).
#[derive(Debug)]
pub struct Spread<'a, const L: usize> {
    /// Planes of `L` channels: C, or C / 8 rounded up.
    pub blocks: usize,
    /// Rows and columns of the image.
    pub image: [usize; 2],
    /// How far neighbouring pixels come to be apart.
    pub stride: [usize; 2],
    /// Rows of zeros above, and columns on the left.
    pub before: [usize; 2],
    /// Rows and columns that are cut off instead.
    pub cut: [usize; 2],
    /// Rows and columns of the frame.
    pub frame: [usize; 2],
    /// The image.
    pub src: &'a [f32],
    /// The frame.
    pub dst: &'a mut [f32],
}

impl<const L: usize> Spread<'_, L> {
    /// The pixels of the image that come into the frame along an axis, the first of them and where it comes to.
    #[inline(always)]
    fn inside(&self, axis: usize) -> (std::ops::Range<usize>, usize) {
        let (before, cut, stride) = (self.before[axis], self.cut[axis], self.stride[axis]);
        let first = cut.saturating_sub(before).div_ceil(stride);
        let to = (first.saturating_mul(stride)).saturating_add(before).saturating_sub(cut);
        let fitting = self.frame[axis].saturating_sub(to).div_ceil(stride);
        (first..first.saturating_add(fitting).min(self.image[axis]), to)
    }
}

impl<const L: usize> Kernel for Spread<'_, L> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { blocks, image: [height, width], stride, frame: [frame_height, frame_width], .. } = self;
        assert_eq!(self.src.len(), product([blocks, height, width, L]));
        assert_eq!(self.dst.len(), product([blocks, frame_height, frame_width, L]));
        let [(rows, top), (columns, left)] = [self.inside(0), self.inside(1)];
        let (src, dst) = (self.src.as_chunks::<L>().0, self.dst.as_chunks_mut::<L>().0);
        dst.fill([0.0; L]);
        for block in 0..blocks {
            for (row, y) in rows.clone().enumerate() {
                let src = &src[(block * height + y) * width..][columns.clone()];
                let target = (block * frame_height + top + row * stride[0]) * frame_width + left;
                for (pixel, value) in src.iter().enumerate() {
                    dst[target + pixel * stride[1]] = *value;
                }
            }
        }
    }
}
