//! Nets among other people's names: nothing of theirs reaches the emitted code, nothing of ours leaks out.

#![forbid(unsafe_code)]
#![deny(missing_docs, warnings)]

use cnn::{Network, network};
use cnn_tests_renamed as renamed;

mod shadowed {
    //! Names that emitted code might rely on mean something else here.
    #![allow(dead_code, unused_macros)]

    use cnn::network;

    pub struct Box;
    pub struct Result;
    pub struct Self_;
    pub trait Network {}
    pub trait Copy {}
    pub trait Clone {}
    pub enum Option {
        Some,
        None,
    }
    pub mod core {}
    pub mod std {}
    pub mod cnn_runtime {}
    macro_rules! assert {
        () => {};
    }

    network! { pub(super) Shadowed(3x7x7) -> 10 { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) } }
}

mod std_names {
    //! Nets may be called as anything that is a type.
    use cnn::network;

    network! {
        pub Vec(4) { fc(4 -> 2) }
        pub Option(4) { fc(4 -> 2) }
        pub Box(4) { fc(4 -> 2) }
        pub String(4) { fc(4 -> 2) }
        pub Network(4) { fc(4 -> 2) }
        pub Engine(4) { fc(4 -> 2) }
        pub Self_(4) { fc(4 -> 2) }
    }
}

network! {
    /// Labels that are keywords of Rust's, or names in emitted code.
    #[allow(non_snake_case)]
    pub Labels(1x8x8) {
        type: conv(1 -> 1, k1)
        self: conv(1 -> 1, k1)
        fn: conv(1 -> 1, k1)
        Self: conv(1 -> 1, k1)
        super: conv(1 -> 1, k1)
        crate: conv(1 -> 1, k1)
        async.await: conv(1 -> 1, k1)
        arena: conv(1 -> 1, k1)
        input: conv(1 -> 1, k1)
        output: conv(1 -> 1, k1)
        packed: conv(1 -> 1, k1)
        params: conv(1 -> 1, k1)
        simd: conv(1 -> 1, k1)
        src: conv(1 -> 1, k1)
        dst: conv(1 -> 1, k1)
        rt: conv(1 -> 1, k1)
        S: conv(1 -> 1, k1)
        CONV1: conv(1 -> 1, k1)
        conv1: conv(1 -> 1, k1)
        Conv1: conv(1 -> 1, k1)
        0: conv(1 -> 1, k1)
        PACKED_LEN: conv(1 -> 1, k1)
    }
}

#[test]
fn labels_become_fields() {
    let mut net = Labels::zeros();
    net.r#type.bias = [1.0];
    net.self_.bias = [2.0];
    net.r#fn.bias = [3.0];
    net.async_await.bias = [4.0];
    net._0.bias = [5.0];
    let names = Labels::PARAMS.iter().map(|param| param.name).filter(|name| name.ends_with("bias"));
    let names: Vec<&str> = names.collect();
    assert_eq!(
        &names[..7],
        ["type.bias", "self.bias", "fn.bias", "Self.bias", "super.bias", "crate.bias", "async.await.bias"]
    );
    assert_eq!(net.params().iter().sum::<f32>(), 15.0);
    let _: [[[f32; 8]; 8]; 1] = *net.engine().forward(&[[[0.0; 8]; 8]; 1]);
}

network! {
    /// Two nets in one call, and in one module with others.
    pub(crate) First(4) -> 2 { fc(4 -> 2) }
    Second(4) -> 2 { fc(4 -> 3) relu fc(3 -> 2) }

    #[cfg(any())]
    /// This one is not there, and its name is free.
    pub Absent(4) { fc(4 -> 2) }

    #[cfg(all())]
    #[derive(PartialEq)]
    #[allow(unused_qualifications)]
    pub(in crate) Absent2(4) { fc(4 -> 2) }
}

/// The name that a net with `#[cfg]` leaves free.
struct Absent;

/// Makes nets, as users' own macros do.
macro_rules! classifier {
    ($name:ident, $inputs:literal, $outputs:expr, $kernel:tt) => {
        network! {
            /// Made by a macro.
            $name(1x9x9) -> $outputs {
                conv(1 -> $inputs, k = $kernel) relu;
                flatten;
                fc(_ -> $outputs)
            }
        }
    };
}

classifier!(Made, 2, 3 + 4, 3);

/// Nets in a function, one of them without a name.
fn inside() -> (usize, usize) {
    network! { Local(3) { fc(3 -> 1) } }
    let space = network! { fc(2 -> 1) };
    (Local::PARAM_COUNT, space.param_count())
}

/// Generic over all nets.
fn evaluate<N: Network>(net: &N) -> (usize, usize) {
    let engine = net.engine();
    let _ = engine.isa();
    (N::PARAM_COUNT, N::LAYERS.len())
}

#[test]
fn nets_are_types() {
    assert_eq!(evaluate(&*First::init(1)), (10, 1));
    assert_eq!(evaluate(&*Second::init(1)), (23, 3));
    assert_eq!(evaluate(&*shadowed::Shadowed::init(1)), (2512, 4));
    assert_eq!(evaluate(&*std_names::Vec::init(1)), (10, 1));
    assert_eq!(evaluate(&*Made::init(1)), (2 * 9 + 2 + 7 * 98 + 7, 4));
    assert!(Absent2::init(1) == Absent2::init(1));
    assert_eq!(inside(), (4, 3));
    let Absent = Absent;
}

#[test]
fn a_crate_of_another_name() {
    assert_eq!(renamed::nameless(), renamed::DummyNet::PARAM_COUNT);
    assert_eq!(evaluate(&*renamed::Pools::init(1)), (0, 2));
}
