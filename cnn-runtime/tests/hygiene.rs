//! The macros of the runtime work in any crate: no prelude, another crate name, no `unsafe`.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(warnings)]

extern crate cnn_runtime as renamed;

// Names that a careless macro would pick up.
#[allow(dead_code)]
mod core {}
#[allow(dead_code)]
mod std {}
#[allow(dead_code)]
mod cnn_runtime {}
#[allow(dead_code)]
struct Box;

/// A net with a parameter that it does not use.
#[repr(C, align(4))]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
pub struct Net {
    /// The parameters of `relu1`.
    pub relu1: renamed::Weight<[f32; 2]>,
}

const _: () = {
    use renamed::__private as rt;

    rt::floats!(Net { relu1 } = 2);
    rt::inherent!(Net = 2);

    impl rt::Network for Net {
        const NAME: &'static str = "Net";
        const LAYERS: &'static [rt::LayerInfo<'static>] =
            &[rt::layer("relu1", "relu", rt::vector(2), rt::vector(2), 2, 0)];
        const PARAMS: &'static [rt::ParamInfo<'static>] =
            &[rt::param("relu1.weight", &[2], 0, rt::Init::Uniform { fan_in: 1 })];
        type Input = [f32; 2];
        type Output = [f32; 2];
    }

    impl rt::Compiled for Net {
        const PACKED_LEN: usize = 0;
        const ARENA_LEN: usize = 0;
        const SCRATCH_LEN: usize = 0;

        fn pack(_: rt::Arithmetic, _: &[f32], _: &mut [f32]) {}

        #[inline(always)]
        fn run<S: rt::Simd>(
            simd: S,
            _: rt::Context<'_>,
            _packed: &[f32],
            _arena: &mut [f32],
            _: &mut [f32],
            input: &[f32],
            output: &mut [f32],
        ) {
            simd.inline(rt::Relu { src: input, dst: output });
        }
    }
};

#[test]
fn forward() {
    let mut engine = Net::init(1).engine();
    ::core::assert_eq!(engine.forward(&[-1.0, 2.0]), &[0.0, 2.0]);
}
