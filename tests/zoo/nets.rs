//! The catalogue's nets, with torchvision's numbers of parameters and multiply-adds.

pub mod golden;
#[path = "../parity/hash.rs"]
mod hash;

use cnn::network;

network! { include "../../examples/specs/alexnet.cnn" }
network! { include "../../examples/specs/convnext_tiny.cnn" }
network! { include "../../examples/specs/densenet121.cnn" }
network! { include "../../examples/specs/dummy.cnn" }
network! { include "../../examples/specs/efficientnet_b0.cnn" }
network! { include "../../examples/specs/googlenet.cnn" }
network! { include "../../examples/specs/lenet5.cnn" }
network! { include "../../examples/specs/mlp.cnn" }
network! { include "../../examples/specs/mnasnet1_0.cnn" }
network! { include "../../examples/specs/mobilenet_v2.cnn" }
network! { include "../../examples/specs/mobilenet_v3_small.cnn" }
network! { include "../../examples/specs/regnet_y_400mf.cnn" }
network! { include "../../examples/specs/resnet18.cnn" }
network! { include "../../examples/specs/resnet50.cnn" }
network! { include "../../examples/specs/shufflenet_v2_x1_0.cnn" }
network! { include "../../examples/specs/squeezenet1_1.cnn" }
network! { include "../../examples/specs/vgg16.cnn" }

const _: () = assert!(AlexNet::PARAM_COUNT == 61_100_840 && AlexNet::MACS == 714_188_480);
const _: () = assert!(ConvNextTiny::PARAM_COUNT == 28_589_128 && ConvNextTiny::MACS == 4_455_531_264);
const _: () = assert!(DenseNet121::PARAM_COUNT == 7_978_856 && DenseNet121::MACS == 2_834_161_664);
const _: () = assert!(DummyNet::PARAM_COUNT == 2512 && DummyNet::MACS == 8325);
const _: () = assert!(EfficientNetB0::PARAM_COUNT == 5_288_548 && EfficientNetB0::MACS == 385_814_752);
const _: () = assert!(GoogLeNet::PARAM_COUNT == 6_624_904 && GoogLeNet::MACS == 1_498_376_192);
const _: () = assert!(LeNet5::PARAM_COUNT == 61_706 && LeNet5::MACS == 416_520);
const _: () = assert!(Mlp::PARAM_COUNT == 1004 && Mlp::MACS == 940);
const _: () = assert!(MnasNet::PARAM_COUNT == 4_383_312 && MnasNet::MACS == 314_415_872);
const _: () = assert!(MobileNetV2::PARAM_COUNT == 3_504_872 && MobileNetV2::MACS == 300_774_272);
const _: () = assert!(MobileNetV3Small::PARAM_COUNT == 2_542_856 && MobileNetV3Small::MACS == 56_510_400);
const _: () = assert!(RegNetY400MF::PARAM_COUNT == 4_344_144 && RegNetY400MF::MACS == 401_842_848);
const _: () = assert!(ResNet18::PARAM_COUNT == 11_689_512 && ResNet18::MACS == 1_814_073_344);
const _: () = assert!(ResNet50::PARAM_COUNT == 25_557_032 && ResNet50::MACS == 4_089_184_256);
const _: () = assert!(ShuffleNetV2::PARAM_COUNT == 2_278_604 && ShuffleNetV2::MACS == 144_907_992);
const _: () = assert!(SqueezeNet::PARAM_COUNT == 1_235_496 && SqueezeNet::MACS == 349_151_936);
const _: () = assert!(Vgg16::PARAM_COUNT == 138_357_544 && Vgg16::MACS == 15_470_264_320);
