//! `NormNet(2x1x1) { conv(2 -> 3, k1, nobias) bn }`: a net with buffers, for tests of files. Its forward pass is not
//! needed there, and writes zeros.
#![forbid(unsafe_code)]

/// A net with parameters and buffers.
#[repr(C, align(4))]
#[derive(Clone, Copy)]
pub struct NormNet {
    pub conv1: cnn_runtime::Weight<[[[[f32; 1]; 1]; 2]; 3]>,
    pub bn1: cnn_runtime::WeightBias<[f32; 3], [f32; 3]>,
    pub buffers: NormNetBuffers,
}

/// What [`NormNet`] keeps beside its parameters.
#[repr(C, align(4))]
#[derive(Clone, Copy)]
pub struct NormNetBuffers {
    pub bn1: cnn_runtime::RunningStats<[f32; 3]>,
}

const _: () = {
    use cnn_runtime::__private as rt;

    rt::floats!(NormNetBuffers { bn1 } = 6);
    rt::floats!(NormNet { conv1, bn1, buffers } = 18);
    rt::inherent!(NormNet = 12);

    impl rt::Network for NormNet {
        const NAME: &'static str = "NormNet";
        const LAYERS: &'static [rt::LayerInfo<'static>] = &[
            rt::layer("conv1", "conv", rt::maps(2, 1, 1), rt::maps(3, 1, 1), 6, 6),
            rt::layer("bn1", "bn", rt::maps(3, 1, 1), rt::maps(3, 1, 1), 6, 0),
        ];
        const PARAMS: &'static [rt::ParamInfo<'static>] = &[
            rt::param("conv1.weight", &[3, 2, 1, 1], 0, rt::Init::Uniform { fan_in: 2 }),
            rt::param("bn1.weight", &[3], 6, rt::Init::Constant(1.0)),
            rt::param("bn1.bias", &[3], 9, rt::Init::Constant(0.0)),
        ];
        const BUFFERS: &'static [rt::ParamInfo<'static>] = &[
            rt::param("bn1.running_mean", &[3], 12, rt::Init::Constant(0.0)),
            rt::param("bn1.running_var", &[3], 15, rt::Init::Constant(1.0)),
        ];
        type Input = [[[f32; 1]; 1]; 2];
        type Output = [[[f32; 1]; 1]; 3];
    }

    impl rt::Compiled for NormNet {
        const PACKED_LEN: usize = 0;
        const ARENA_LEN: usize = 0;
        const SCRATCH_LEN: usize = 0;

        fn pack(_: rt::Arithmetic, _: &[f32], _: &mut [f32]) {}

        fn run<S: rt::Simd>(
            _: S,
            _: rt::Context<'_>,
            _: &[f32],
            _: &mut [f32],
            _: &mut [f32],
            _: &[f32],
            output: &mut [f32],
        ) {
            output.fill(0.0);
        }
    }
};
