//! What nets written with `cnn::network!` are made of and run on.
//!
//! Users find all of it in the crate `cnn`.

mod buffer;
pub mod data;
mod embed;
mod engine;
mod half;
mod inherent;
mod init;
mod kernels;
#[cfg(feature = "ndarray")]
mod ndarray;
mod network;
#[cfg(feature = "npz")]
mod npy;
mod params;
#[cfg(any(feature = "plots", feature = "safetensors"))]
mod replace;
mod simd;
mod space;
mod summary;
mod team;
pub mod train;
mod unknown;
#[cfg(feature = "safetensors")]
mod weights;

#[cfg(feature = "ndarray")]
pub use ndarray::ShapeError;
#[cfg(feature = "safetensors")]
pub use weights::{LoadOptions, TensorFault, WeightsError, WeightsErrorKind};

pub use engine::{BatchError, Engine, EngineOptions, UnsupportedIsa};
pub use network::{Arithmetic, Image, Init, LayerInfo, Network, ParamCountError, ParamInfo, Shape};
pub use params::{Floats, RunningStats, Weight, WeightBias};
pub use simd::Isa;
pub use space::Space;
pub use summary::Summary;

/// All that code written by `network!` may name. Not for people: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use std::boxed::Box;
    pub use std::convert::AsRef;
    pub use std::fmt;
    pub use std::path::Path;
    pub use std::result::Result;
    pub use std::vec::Vec;

    pub use bytemuck::{Pod, Zeroable};

    pub use crate::embed::embed;
    pub use crate::kernels::*;
    pub use crate::network::{Compiled, Context, assert_tables, debug, layer, maps, param, slot, vector};
    pub use crate::params::*;
    pub use crate::simd::{Kernel, Simd};
    pub use crate::team::{OneThread, Team, Threads};
    pub use crate::train::private::*;
    pub use crate::unknown::UnknownEngine;
    pub use crate::{Arithmetic, Engine, Init, LayerInfo, Network, ParamInfo, Space, embedded, floats, inherent};
}
