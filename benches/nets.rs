//! The nets that are measured.

use cnn::network;

network! { include "../examples/specs/dummy.cnn" }
network! { include "../examples/specs/lenet5.cnn" }
