//! Convolutional networks whose shapes are checked at compile time, compiled into one forward pass.
pub use cnn_runtime::*;

#[doc(hidden)]
pub mod __private {
    pub use cnn_macros::network;
    pub use cnn_runtime::__private::*;
}

/// Declares networks.
#[macro_export]
macro_rules! network {
    ($($tokens:tt)*) => {
        $crate::__private::network! { [$crate] $($tokens)* }
    };
}
