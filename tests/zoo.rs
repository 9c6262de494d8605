//! The catalogue's nets have torchvision's numbers of parameters and multiply-adds.

use cnn::network;

network! { include "../examples/specs/alexnet.cnn" }
network! { include "../examples/specs/efficientnet_b0.cnn" }
network! { include "../examples/specs/googlenet.cnn" }
network! { include "../examples/specs/mobilenet_v2.cnn" }
network! { include "../examples/specs/mobilenet_v3_small.cnn" }
network! { include "../examples/specs/resnet18.cnn" }
network! { include "../examples/specs/resnet50.cnn" }
network! { include "../examples/specs/squeezenet1_1.cnn" }
network! { include "../examples/specs/vgg16.cnn" }

const _: () = assert!(AlexNet::PARAM_COUNT == 61_100_840 && AlexNet::MACS == 714_188_480);
const _: () = assert!(EfficientNetB0::PARAM_COUNT == 5_288_548 && EfficientNetB0::MACS == 385_814_752);
const _: () = assert!(GoogLeNet::PARAM_COUNT == 6_624_904 && GoogLeNet::MACS == 1_498_376_192);
const _: () = assert!(MobileNetV2::PARAM_COUNT == 3_504_872 && MobileNetV2::MACS == 300_774_272);
const _: () = assert!(MobileNetV3Small::PARAM_COUNT == 2_542_856 && MobileNetV3Small::MACS == 56_510_400);
const _: () = assert!(ResNet18::PARAM_COUNT == 11_689_512 && ResNet18::MACS == 1_814_073_344);
const _: () = assert!(ResNet50::PARAM_COUNT == 25_557_032 && ResNet50::MACS == 4_089_184_256);
const _: () = assert!(SqueezeNet::PARAM_COUNT == 1_235_496 && SqueezeNet::MACS == 349_151_936);
const _: () = assert!(Vgg16::PARAM_COUNT == 138_357_544 && Vgg16::MACS == 15_470_264_320);

/// torchvision's state_dict, the first and the last of it.
#[test]
fn parameters_have_torchvisions_names() {
    let ends = |params: &'static [cnn::ParamInfo<'static>]| [params[0].name, params[params.len() - 1].name];
    assert_eq!(ends(AlexNet::PARAMS), ["features.0.weight", "classifier.6.bias"]);
    assert_eq!(ends(SqueezeNet::PARAMS), ["features.0.weight", "classifier.1.bias"]);
    assert_eq!(ends(Vgg16::PARAMS), ["features.0.weight", "classifier.6.bias"]);
    assert_eq!(SqueezeNet::PARAMS[6].name, "features.3.expand3x3.weight");
}
