//! Every accepted form of every part of the language.

use cnn::network;

network! {
    include "nets/included.cnn"
}

fn main() {}
