//! Files of weights that are not there, that are none, and whose tensors are not those of the net.

use cnn::network;

network! {
    #[weights("nets/unfitting.safetensors", embed)]
    pub Unfitting(1x8x8) -> 10 {
        conv(1 -> 4, k3) relu;
        conv2: conv(4 -> 4, k3) relu;
        conv3: conv(4 -> 4, k1) relu;
        conv4: conv(4 -> 4, k1, nobias) bn;
        globalavgpool flatten;
        classifier: fc(4 -> 10)
    }
}

network! {
    #[weights("nets/missing.safetensors")]
    pub Missing(3) { fc(_ -> 2) }

    #[weights("nets/named.cnn", embed)]
    pub NoWeights(3) { fc(_ -> 2) }

    #[weights("/home/me/net.safetensors")]
    pub Absolute(3) { fc(_ -> 2) }

    #[weights("nets/fitting.safetensors", embedded)]
    pub Misspelled(1x4x4) -> 3 { conv(1 -> 4, k3) relu; flatten; fc(16 -> 3) }

    #[weights(nets/fitting.safetensors)]
    pub Unquoted(3) { fc(_ -> 2) }
}

fn main() {
    let nets = (Unfitting::embedded(), NoWeights::embedded(), Misspelled::embedded());
    println!("{} parameters: {:?}", Missing::PARAM_COUNT, nets.0.engine().forward(&[[[0.0; 8]; 8]; 1]));
}
