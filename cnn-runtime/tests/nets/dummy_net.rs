//! `DummyNet(3x7x7) -> 10 { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) }`: the model of
//! emitted code.
#![forbid(unsafe_code)]

/// The net of the slides.
#[allow(clippy::type_complexity)]
#[repr(C, align(4))]
#[derive(Clone, Copy)]
pub struct DummyNet {
    pub conv1: cnn_runtime::WeightBias<[[[[f32; 3]; 3]; 3]; 9], [f32; 9]>,
    pub fc1: cnn_runtime::WeightBias<[[f32; 225]; 10], [f32; 10]>,
}

const _: () = {
    use cnn_runtime::__private as rt;

    rt::floats!(DummyNet { conv1, fc1 } = 2512);
    rt::inherent!(DummyNet = 2512);

    impl rt::Network for DummyNet {
        const NAME: &'static str = "DummyNet";
        const LAYERS: &'static [rt::LayerInfo<'static>] = &[
            rt::layer("conv1", "conv", rt::maps(3, 7, 7), rt::maps(9, 5, 5), 252, 6075),
            rt::layer("relu1", "relu", rt::maps(9, 5, 5), rt::maps(9, 5, 5), 0, 0),
            rt::layer("flatten1", "flatten", rt::maps(9, 5, 5), rt::vector(225), 0, 0),
            rt::layer("fc1", "fc", rt::vector(225), rt::vector(10), 2260, 2250),
        ];
        const PARAMS: &'static [rt::ParamInfo<'static>] = &[
            rt::param("conv1.weight", &[9, 3, 3, 3], 0, rt::Init::Uniform { fan_in: 27 }),
            rt::param("conv1.bias", &[9], 243, rt::Init::Uniform { fan_in: 27 }),
            rt::param("fc1.weight", &[10, 225], 252, rt::Init::Uniform { fan_in: 225 }),
            rt::param("fc1.bias", &[10], 2502, rt::Init::Uniform { fan_in: 225 }),
        ];
        type Input = [[[f32; 7]; 7]; 3];
        type Output = [f32; 10];
    }

    const CONV1: rt::Conv2d = rt::Conv2d {
        in_channels: 3,
        in_height: 7,
        in_width: 7,
        out_channels: 9,
        out_height: 5,
        out_width: 5,
        kernel: [3, 3],
        stride: [1, 1],
        padding: [0, 0],
        dilation: [1, 1],
        groups: 1,
    };

    impl rt::Compiled for DummyNet {
        const PACKED_LEN: usize = 4064;
        const ARENA_LEN: usize = 400;
        const SCRATCH_LEN: usize = 0;

        fn pack(_: rt::Arithmetic, params: &[f32], packed: &mut [f32]) {
            rt::pack_conv(&CONV1, 1, &params[0..243], Some(&params[243..252]), &mut packed[0..448]);
            rt::pack_fc(9, 25, 8, 10, &params[252..2502], Some(&params[2502..2512]), &mut packed[448..4064]);
        }

        #[inline(always)]
        fn run<S: rt::Simd>(
            simd: S,
            _: rt::Context<'_>,
            packed: &[f32],
            arena: &mut [f32],
            _: &mut [f32],
            input: &[f32],
            output: &mut [f32],
        ) {
            simd.inline(rt::Conv::<_, _, 1, 1, 2, 5, 1, 8> {
                shape: CONV1,
                strip: 25,
                team: rt::OneThread,
                activation: rt::Activation::Relu,
                residual: &[],
                src: input,
                weights: &packed[0..448],
                dst: &mut arena[0..400],
            });
            simd.inline(rt::Fc::<_, 2, 1> {
                channels: 9,
                pixels: 25,
                lanes: 8,
                outputs: 10,
                vectors: 1,
                team: rt::OneThread,
                activation: rt::Activation::Identity,
                src: &arena[0..400],
                weights: &packed[448..4064],
                dst: output,
            });
        }
    }
};
