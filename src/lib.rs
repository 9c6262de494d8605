//! Convolutional networks whose shapes are checked at compile time, compiled into one forward pass, and one
//! backward pass to train them.
//!
//! ```
//! use cnn::network;
//!
//! network! {
//!     /// The net of the slides.
//!     pub DummyNet(3x7x7) -> 10 {
//!         conv(3 -> 9, k3) relu;
//!         view(-1, 225);
//!         fc(225 -> 10)
//!     }
//! }
//!
//! // An architecture is a space of models: each value of its parameters is another function.
//! let net1 = DummyNet::init(1);
//! let net2 = DummyNet::init(2);
//! assert_eq!(DummyNet::PARAM_COUNT, 2512);
//! assert_ne!(net1.params(), net2.params());
//!
//! // Parameters and images are plain nested arrays.
//! let weight: f32 = net1.conv1.weight[8][2][1][1];
//! let image = [[[0.5; 7]; 7]; 3];
//!
//! // The engine packs the weights once; `forward` allocates nothing.
//! let mut engine = net1.engine();
//! let scores: &[f32; 10] = engine.forward(&image);
//! # let _ = (weight, scores);
//! ```
//!
//! [`language`] explains how nets are written, [`errors`] what can be wrong with them, [`internals`] how they are computed, and
//! [`training`] how they learn.
//! [`Network`] is the trait of all nets, for generic code; [`Engine`] runs them.

pub use cnn_runtime::*;

#[doc = include_str!("../docs/language.md")]
pub mod language {}

#[doc = include_str!("../docs/errors.md")]
pub mod errors {}

#[doc = include_str!("../docs/engine.md")]
pub mod internals {}

#[doc = include_str!("../docs/training.md")]
pub mod training {}

/// What the macro's expansion names. Not for people: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use cnn_macros::network;
    pub use cnn_runtime::__private::*;
}

/// Declares nets: `network! { pub DummyNet(3x7x7) -> 10 { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) } }`.
///
/// A named net becomes a struct of its parameters, a [`Network`](crate::Network), with these inherent constants and methods:
///
/// - `PARAM_COUNT`, `MACS`, `ARENA_BYTES`, `INPUT_SHAPE`, `OUTPUT_SHAPE`, `LAYERS`, `PARAMS`;
/// - `init(seed)`, `zeros()`, `from_params(&[f32])`, and `load(path)`, to make one; [`LoadOptions`](crate::LoadOptions) for files with other names;
/// - `params()` and `params_mut()`, all parameters as one array, and `save(path)`;
/// - `engine()`, to run it; `summary()`, the table of layers.
///
/// A net without a name is an expression of type [`Space`](crate::Space):
/// `let space = network! { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) };`.
///
/// The language is described in [`language`](crate::language).
/// A net that is wrong is a compile error that says what was found and what was expected; see [`errors`](crate::errors).
#[macro_export]
macro_rules! network {
    ($($tokens:tt)*) => {
        $crate::__private::network! { [$crate] $($tokens)* }
    };
}
