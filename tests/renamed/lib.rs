//! A crate that knows `cnn` by another name, and has no prelude.

#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(missing_docs, warnings)]

::neural::network! {
    /// The net of the slides.
    pub DummyNet(3x7x7) -> 10 {
        conv(3 -> 9, k3) relu;
        view(-1, 225);
        fc(225 -> 10)
    }

    /// Two nets in one call, and no layer with parameters in the second.
    pub Pools(2x8x8) -> 2x2x2 {
        maxpool(k2) avgpool(k2)
    }
}

/// The parameters of a nameless net.
pub fn nameless() -> usize {
    let space = ::neural::network! { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) };
    space.param_count()
}
