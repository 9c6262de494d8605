//! `MapsNet(2x2x3) -> 2x2x3 { relu; relu }`: no parameters, maps out.
#![forbid(unsafe_code)]

#[repr(C, align(4))]
#[derive(Clone, Copy)]
pub struct MapsNet {}

const _: () = {
    use cnn_runtime::__private as rt;

    rt::floats!(MapsNet {} = 0);
    rt::inherent!(MapsNet = 0);

    impl rt::Network for MapsNet {
        const NAME: &'static str = "MapsNet";
        const LAYERS: &'static [rt::LayerInfo<'static>] = &[
            rt::layer("relu1", "relu", rt::maps(2, 2, 3), rt::maps(2, 2, 3), 0, 0),
            rt::layer("relu2", "relu", rt::maps(2, 2, 3), rt::maps(2, 2, 3), 0, 0),
        ];
        const PARAMS: &'static [rt::ParamInfo<'static>] = &[];
        type Input = [[[f32; 3]; 2]; 2];
        type Output = [[[f32; 3]; 2]; 2];
    }

    impl rt::Compiled for MapsNet {
        const PACKED_LEN: usize = 0;
        const ARENA_LEN: usize = 32;
        const SCRATCH_LEN: usize = 0;

        fn pack(_: rt::Arithmetic, _: &[f32], _: &mut [f32]) {}

        #[inline(always)]
        fn run<S: rt::Simd>(
            simd: S,
            _: rt::Context<'_>,
            _packed: &[f32],
            arena: &mut [f32],
            _: &mut [f32],
            input: &[f32],
            output: &mut [f32],
        ) {
            simd.inline(rt::Relu { src: input, dst: &mut arena[16..28] });
            let (rest, dst) = rt::slot(arena, 0..12);
            simd.inline(rt::Relu { src: rest.slice(16..28), dst });
            simd.inline(rt::Copy { src: &arena[0..12], dst: output });
        }
    }
};
