//! Every accepted form of every part of the language.

#![deny(warnings)]

use cnn::network;

network! {
    include "nets/forms.cnn"

    block none { relu }
    block wide(c, s) { conv(_ -> c * 2 - (c + 4) / 1 % 7, k3, s = s, p1) relu }

    /// Documented,
    #[derive(PartialEq)]
    pub(crate) Options(4x7x12) -> 8x4x3 {
        conv(4 -> 8, k3x5, s1x2, p1x2, d1, g4, nobias)
        conv(_ -> 8, kernel = 3, stride = 1, dilation = 2, groups = 8, same);
        maxpool(k3, s2, p1, d1, ceil);;
        avgpool(k = 2x3, s = 1x1, padding = 0x1, exclude_pad) none() none
        view(-1, 8, _, 3)
        avgpool(k1, ceil)
    }

    Blocks(3 x 7 x 7) {
        wide(3, 1) labelled: wide(4, 2) * 2
        twice(2) * 0
        { relu } * 2 group: { conv(_ -> 1, k1) relu }
        dotted.0.path: conv(1 -> 1, k1)
        flatten view(-1, _) fc(_ -> 2, nobias) softmax
    }

    Else(3x8x8) { labelled: residual { conv(_ -> 3, k1) } else { conv1: conv(_ -> 3, k1) } }

    pub InputInferred -> 10 { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) }
    pub VectorInferred { fc(4 -> 2) }
    pub ViewInferred { conv(3 -> 9, k3); view(-1, 9, 5, 5) }
}

fn main() {
    let space = network! { (4) -> 2 { fc(4 -> 2) } };
    let _: [f32; 2] = *space.init(1).engine().forward(&[0.0; 4]);
    let _: [f32; 1] = *network! { fc(4 -> 1) }.init(1).engine().forward(&[0.0; 4]);
    let _ = Blocks::init(1);
    assert!(Options::init(1) == Options::init(1));
    assert_eq!(InputInferred::PARAM_COUNT, 2512);
    assert_eq!(Included::PARAM_COUNT, 4 * 27 + 4 + 4 * 36 + 4);
    let _ = (VectorInferred::zeros(), ViewInferred::zeros());
}
