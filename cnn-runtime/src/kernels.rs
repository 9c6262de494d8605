//! The layers' arithmetic, one image at a time.
//!
//! One image lies in memory in one of two ways:
//! - *planar*, C×H×W, as PyTorch has it; a vector is planar with one pixel per channel;
//! - *blocked*, `[C / 8, rounded up][H][W][8]`: channel c is lane c % 8 of block c / 8. Lanes from
//!   C on hold anything, NaN included, and no kernel lets them touch a real lane.
//!
//! Every kernel stands below its `reference`: scalar, planar, straight from PyTorch's definition,
//! and what the tests compare with. A kernel checks its slices once, at the top of `run`; the
//! checks panic, fold away where sizes are constants, and are what the unchecked accesses below
//! them rely on.

pub mod activation;
pub mod adaptive;
mod areas;
pub mod avgpool;
pub mod bn;
pub mod concat;
pub mod conv;
pub mod convtranspose;
pub mod dropout;
pub mod elu;
pub mod exp;
pub mod fc;
pub mod gelu;
pub mod groupnorm;
pub mod hardsigmoid;
pub mod hardswish;
pub mod layernorm;
pub mod layerscale;
pub mod layout;
pub mod leakyrelu;
pub mod logsoftmax;
pub mod lrn;
mod map;
pub mod maxpool;
pub mod mish;
pub mod pool;
pub mod prelu;
pub mod relu;
pub mod relu6;
pub mod residual;
pub mod scale;
pub mod selu;
pub mod shuffle;
pub mod sigmoid;
pub mod silu;
mod sizes;
pub mod softmax;
pub mod softplus;
pub mod tanh;
#[cfg(test)]
mod tests;
pub mod upsample;

pub use activation::Activation;
pub use adaptive::{AdaptiveAvgPool, AdaptiveAvgPoolOp, AdaptiveMaxPool, AdaptiveMaxPoolOp};
pub use avgpool::{AvgPool, AvgPoolOp};
pub use bn::{BatchNorm, BatchNormOp, fold_bn, pack_bn};
pub use concat::{ConcatOp, CopyChannels, CopyOp, PartOp};
pub use conv::{
    Conv, Conv2d, ConvOp, Depthwise, GroupedConv, PaddedConv, Strassen, Winograd, conv_packed_len, pack_conv,
    pack_strassen, pack_winograd, strassen_packed_len, strassen_scratch_len, sum_filters, winograd_packed_len,
    winograd_scratch_len,
};
pub use convtranspose::{Spread, pack_convtranspose};
pub use dropout::DropoutOp;
pub use elu::{Elu, EluOp};
pub use fc::{Fc, FcOp, LargeFc, fc_packed_len, large_fc_packed_len, pack_fc, pack_large_fc};
pub use gelu::{Gelu, GeluOp, GeluTanh, GeluTanhOp};
pub use groupnorm::{GroupNorm, GroupNormOp, pack_affine};
pub use hardsigmoid::{HardSigmoid, HardSigmoidOp};
pub use hardswish::{HardSwish, HardSwishOp};
pub use layernorm::{LayerNorm, LayerNormOp};
pub use layerscale::{LayerScale, LayerScaleOp, fold_layerscale, pack_layerscale};
pub use layout::{Block, Copy, Pad, PadOp, Unblock};
pub use leakyrelu::{LeakyRelu, LeakyReluOp};
pub use logsoftmax::{LogSoftmax, LogSoftmaxOp};
pub use lrn::{Lrn, LrnOp};
pub use maxpool::{MaxPool, MaxPoolOp};
pub use mish::{Mish, MishOp};
pub use pool::Pool2d;
pub use prelu::{PRelu, PReluOp, pack_prelu};
pub use relu::{Relu, ReluOp};
pub use relu6::{Relu6, Relu6Op};
pub use residual::{Add, AddOp};
pub use scale::{Scale, ScaleOp};
pub use selu::{Selu, SeluOp};
pub use shuffle::{Shuffle, ShuffleOp};
pub use sigmoid::{Sigmoid, SigmoidOp};
pub use silu::{Silu, SiluOp};
pub use sizes::Sizes;
pub use softmax::{Softmax, SoftmaxOp};
pub use softplus::{Softplus, SoftplusOp};
pub use tanh::{Tanh, TanhOp};
pub use upsample::{Bilinear, BilinearOp, Nearest, NearestOp};

use std::ops::Range;

pub use crate::simd::LANES;

/// The product of `sizes`; where it overflows `usize::MAX`, which is no slice's length.
#[inline(always)]
const fn product<const N: usize>(sizes: [usize; N]) -> usize {
    let mut product: usize = 1;
    let mut i = 0;
    while i < N {
        product = product.saturating_mul(sizes[i]);
        i += 1;
    }
    product
}

/// Whether every tap of every output lies inside an axis of `size`, without padding.
#[inline(always)]
fn taps_fit(outputs: usize, stride: usize, kernel: usize, dilation: usize, size: usize) -> bool {
    let start = outputs.saturating_sub(1).saturating_mul(stride);
    let reach = kernel.saturating_sub(1).saturating_mul(dilation);
    start.saturating_add(reach) < size
}

/// Which taps of a window lie on an axis of `size`; the window begins `start` steps behind the first of `padding` zeros.
#[inline(always)]
fn taps_inside(size: usize, padding: usize, start: usize, kernel: usize, dilation: usize) -> Range<usize> {
    // A division takes as long as a row of multiply-adds.
    let steps = |pixels: usize| if dilation == 1 { pixels } else { pixels.div_ceil(dilation) };
    let before = steps(padding.saturating_sub(start));
    let end = steps((size + padding).saturating_sub(start)).min(kernel);
    before.min(end)..end
}
