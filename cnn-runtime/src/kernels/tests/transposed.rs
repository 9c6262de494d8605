//! Transposed convolution.

use super::*;

/// Transposed convolution along an axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transposed {
    pub size: usize,
    pub kernel: usize,
    pub stride: usize,
    pub padding: usize,
    pub output_padding: usize,
    pub dilation: usize,
}

impl Transposed {
    pub(super) fn reach(self) -> usize {
        (self.kernel - 1) * self.dilation
    }

    pub(super) fn out(self) -> usize {
        (self.size - 1) * self.stride + self.reach() + self.output_padding + 1 - 2 * self.padding
    }
}

prop_compose! {
    pub(super) fn transposed()(
        size in 1..6usize, kernel in 1..5usize, stride in 1..5usize, padding in 0..6usize, output_padding in 0..4usize,
        dilation in 1..4usize,
    ) -> Transposed {
        let output_padding = output_padding.min(stride.max(dilation) - 1);
        let axis = Transposed { size, kernel, stride, padding: 0, output_padding, dilation };
        Transposed { padding: padding.min((axis.out() - 1) / 2), ..axis }
    }
}

/// The frame of an image, planar or blocked.
fn check_spread<const L: usize>(channels: usize, [y, x]: [Transposed; 2], image: &[f32], expected: &[f32]) {
    let axes = [y, x];
    let frame = axes.map(|axis| axis.out() + axis.reach());
    let src = &with_lanes(L, y.size * x.size, image);
    for (isa, output) in outputs!(channels.next_multiple_of(L) * product(frame), |dst| Spread::<L> {
        blocks: channels.div_ceil(L),
        image: [y.size, x.size],
        stride: axes.map(|axis| axis.stride),
        before: axes.map(|axis| axis.reach().saturating_sub(axis.padding)),
        cut: axes.map(|axis| axis.padding.saturating_sub(axis.reach())),
        frame,
        src,
        dst
    }) {
        let output = if L == 1 { output } else { planar(channels, product(frame), &output) };
        assert_close(isa, &output, expected, 0);
    }
}

proptest! {
    #[test]
    fn convtranspose(
        axes in [transposed(), transposed()],
        (groups, inputs, outputs) in prop_oneof![
            (Just(1), 1..12usize, 1..12usize),
            (2..12usize, Just(1), Just(1)),
            (2..4usize, 1..6usize, select(vec![1, 2, 5, 8])),
        ],
        seed: u32,
    ) {
        let [y, x] = axes;
        let (in_channels, out_channels) = (groups * inputs, groups * outputs);
        let image = values(in_channels * y.size * x.size, seed);
        let weight = values(in_channels * outputs * y.kernel * x.kernel, seed ^ 1);
        let bias = seed.is_multiple_of(2).then(|| values(out_channels, seed ^ 2));
        let forward = Conv2d {
            in_channels: out_channels,
            in_height: y.out(),
            in_width: x.out(),
            out_channels: in_channels,
            out_height: y.size,
            out_width: x.size,
            kernel: axes.map(|axis| axis.kernel),
            stride: axes.map(|axis| axis.stride),
            padding: axes.map(|axis| axis.padding),
            dilation: axes.map(|axis| axis.dilation),
            groups,
        };
        let expected = convtranspose::reference(&forward, &image, &weight, bias.as_deref());

        let frame = axes.map(|axis| axis.out() + axis.reach());
        let spread = convtranspose::reference_spread(
            in_channels,
            [y.size, x.size],
            forward.stride,
            axes.map(|axis| axis.reach().saturating_sub(axis.padding)),
            axes.map(|axis| axis.padding.saturating_sub(axis.reach())),
            frame,
            &image,
        );
        check_spread::<1>(in_channels, axes, &image, &spread);
        check_spread::<8>(in_channels, axes, &image, &spread);

        let shape = Conv2d {
            in_channels,
            in_height: frame[0],
            in_width: frame[1],
            out_channels,
            out_height: y.out(),
            out_width: x.out(),
            stride: [1, 1],
            padding: [0, 0],
            ..forward
        };
        let src = &with_lanes(LANES, product(frame), &spread);
        let pixels = y.out() * x.out();
        let grouped = groups > 1 && !outputs.is_multiple_of(LANES);
        let weights = &mut vec![f32::NAN; conv_packed_len(&shape)];
        pack_convtranspose(&shape, if grouped { 1 } else { LANES }, &weight, bias.as_deref(), weights);
        let len = blocked_len(out_channels, pixels);
        let check = |(isa, output): (Isa, Vec<f32>)| {
            assert_close(isa, &planar(out_channels, pixels, &output), &expected, inputs * product(shape.kernel) + 1);
        };
        if grouped {
            outputs!(len, |dst| GroupedConv::<_, 8> { shape, team: team(), activation: Activation::Identity, src, weights, dst }).for_each(check);
        } else {
            outputs!(len, |dst| Conv::<_, _, 8, 1, 1, 4, 1, 4> {
                shape, strip: 9, team: team(), activation: Activation::Identity, residual: &[], src, weights, dst
            }).for_each(check);
        }
    }
}
