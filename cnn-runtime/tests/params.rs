//! Parameters: counts, order, initialisation.
#![forbid(unsafe_code)]

#[path = "nets/dummy_net.rs"]
mod dummy_net;
#[path = "nets/maps_net.rs"]
mod maps_net;

use std::thread;

use cnn_runtime::__private as rt;
use cnn_runtime::{Network, Shape};
use dummy_net::DummyNet;
use maps_net::MapsNet;

#[test]
fn constants() {
    assert_eq!(DummyNet::PARAM_COUNT, 2512);
    assert_eq!(DummyNet::MACS, 8325);
    assert_eq!(DummyNet::ARENA_BYTES, 1600);
    assert_eq!(DummyNet::INPUT_SHAPE, Shape::Maps { channels: 3, height: 7, width: 7 });
    assert_eq!(DummyNet::OUTPUT_SHAPE, Shape::Vector(10));
    assert_eq!(DummyNet::INPUT_SHAPE.len(), 147);
    assert_eq!(DummyNet::INPUT_SHAPE.to_string(), "3×7×7");
    assert_eq!(DummyNet::OUTPUT_SHAPE.to_string(), "10");
    assert_eq!(format!("{:?}", DummyNet::zeros()), "DummyNet(2512 parameters)");
}

#[test]
fn flat_order_is_pytorchs() {
    let values: Vec<f32> = (0..2512).map(|i| i as f32).collect();
    let mut net = DummyNet::from_params(&values).unwrap();
    assert_eq!(net.params()[..], values[..]);
    assert_eq!(net.conv1.weight[8][2][1][1], (8 * 27 + 2 * 9 + 3 + 1) as f32);
    assert_eq!(net.conv1.bias[0], 243.0);
    assert_eq!(net.fc1.weight[9][224], 2501.0);
    assert_eq!(net.fc1.bias[9], 2511.0);
    net.params_mut()[243] = -1.0;
    assert_eq!(net.conv1.bias[0], -1.0);
}

#[test]
fn from_params_wants_all_of_them() {
    for found in [0, 2511, 2513] {
        let error = DummyNet::from_params(&vec![0.0; found]).unwrap_err();
        let text = format!("`DummyNet` has 2512 parameters, found {found}");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn init_gives_the_same_numbers_on_every_machine() {
    let net = DummyNet::init(1);
    assert_eq!(net.conv1.weight[0][0][0], [0.019005684, -0.037533306, 0.1865215]);
    assert_eq!(net.conv1.bias[0], 0.150291);
    assert_eq!(net.fc1.weight[0][0], 0.008956823);
    assert_eq!(net.fc1.weight[9][224], 0.04566018);
    assert_eq!(net.fc1.bias[9], -0.033521313);
}

#[test]
fn seeds_are_points_of_the_space() {
    assert_eq!(DummyNet::init(1).params(), DummyNet::init(1).params());
    assert_ne!(DummyNet::init(1).params(), DummyNet::init(2).params());
    assert_eq!(DummyNet::zeros().params(), &[0.0; 2512]);
}

#[test]
fn init_is_bounded_by_fan_in() {
    let net = DummyNet::init(1);
    for (values, fan_in) in [(&net.params()[..252], 27.0), (&net.params()[252..], 225.0)] {
        let bound = f32::sqrt(fan_in).recip();
        let max = values.iter().fold(0.0, |max: f32, value| max.max(value.abs()));
        assert!((0.95 * bound..=bound).contains(&max), "{max} {bound}");
    }
}

#[test]
fn no_parameters() {
    assert_eq!(MapsNet::PARAM_COUNT, 0);
    assert_eq!(MapsNet::init(1).params(), &[0.0; 0]);
    assert!(MapsNet::from_params(&[]).is_ok());
    assert!(MapsNet::from_params(&[1.0]).is_err());
}

#[test]
fn summary() {
    let expected = "\
DummyNet
name      layer    output  parameters   MACs
input              3×7×7
conv1     conv     9×5×5          252  6,075
relu1     relu     9×5×5            0      0
flatten1  flatten  225              0      0
fc1       fc       10           2,260  2,250
total                           2,512  8,325
arena 1,600 bytes";
    assert_eq!(DummyNet::summary().to_string(), expected);
}

/// A net with one layer of 12,500 inputs.
macro_rules! fc_net {
    ($net:ident -> $outputs:literal) => {
        #[repr(C, align(4))]
        #[derive(Clone, Copy)]
        struct $net {
            fc1: cnn_runtime::Weight<[[f32; 12_500]; $outputs]>,
        }

        const _: () = {
            rt::floats!($net { fc1 } = 12_500 * $outputs);
            rt::inherent!($net = 12_500 * $outputs);

            impl Network for $net {
                const NAME: &'static str = stringify!($net);
                const LAYERS: &'static [rt::LayerInfo<'static>] = &[rt::layer(
                    "fc1",
                    "fc",
                    rt::vector(12_500),
                    rt::vector($outputs),
                    12_500 * $outputs,
                    12_500 * $outputs,
                )];
                const PARAMS: &'static [rt::ParamInfo<'static>] =
                    &[rt::param("fc1.weight", &[$outputs, 12_500], 0, rt::Init::Uniform { fan_in: 12_500 })];
                type Input = [f32; 12_500];
                type Output = [f32; $outputs];
            }

            impl rt::Compiled for $net {
                const PACKED_LEN: usize = 12_500 * $outputs;
                const ARENA_LEN: usize = 1_000_000;
                const SCRATCH_LEN: usize = 0;

                fn pack(_: rt::Arithmetic, params: &[f32], packed: &mut [f32]) {
                    packed.copy_from_slice(params);
                }

                fn run<S: rt::Simd>(
                    _simd: S,
                    _: rt::Context<'_>,
                    packed: &[f32],
                    _arena: &mut [f32],
                    _: &mut [f32],
                    _input: &[f32],
                    output: &mut [f32],
                ) {
                    output.fill(*packed.last().unwrap());
                }
            }
        };
    };
}

fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap();
    thread.join().unwrap();
}

#[test]
fn a_net_of_500_megabytes_never_lies_on_the_stack() {
    fc_net!(Large -> 10_000);
    on_small_stack(|| {
        let mut net = Large::zeros();
        net.fc1.weight[9_999][12_499] = 1.0;
        let copy = Large::from_params(net.params()).unwrap().clone();
        assert_eq!(copy.params()[124_999_999], 1.0);
        assert_eq!(copy.engine().forward(&[0.0; 12_500])[0], 1.0);
    });
}

#[test]
fn init_never_lies_on_the_stack() {
    fc_net!(Medium -> 100);
    on_small_stack(|| assert_ne!(Medium::init(1).fc1.weight[99][12_499], 0.0));
}
