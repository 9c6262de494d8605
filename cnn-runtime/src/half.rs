//! Numbers of sixteen bits.

use bytemuck::{Pod, Zeroable};

/// The bits of IEEE 754's `binary16`: a sign, 5 bits of exponent, 10 bits of fraction.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Half(pub u16);

// SAFETY: all zeros is a value of the number.
unsafe impl Zeroable for Half {}
// SAFETY: `repr(transparent)` around a `Pod`.
unsafe impl Pod for Half {}

impl Half {
    /// The nearest half, the even one of two that are equally near; infinity from 65520 on.
    pub fn from_f32(value: f32) -> Self {
        /// The exponent of 2⁻¹⁴, the least number that is not subnormal.
        const LEAST: u32 = (127 - 14) << 23;
        let sign = (value.to_bits() >> 16) as u16 & 0x8000;
        let magnitude = value.abs();
        if !magnitude.is_finite() {
            return Self(sign | if magnitude.is_nan() { 0x7e00 } else { 0x7c00 });
        }
        // Beside a number 2¹³ times as large there is room for the ten bits of a half's fraction: the sum is rounded to them.
        let exponent = (magnitude.to_bits() & f32::INFINITY.to_bits()).max(LEAST);
        let large = f32::from_bits(exponent.saturating_add(13 << 23).min(f32::MAX.to_bits()));
        let rounded = magnitude + large - large;
        // With the bias of the exponent that halves have, 15 instead of 127, the bits are in their places.
        let bits = (rounded * 2f32.powi(15 - 127)).to_bits() >> 13;
        Self(sign | bits.min(0x7c00) as u16)
    }

    /// The same number; NaN is a quiet one, as CPUs convert it.
    pub fn to_f32(self) -> f32 {
        let sign = u32::from(self.0 & 0x8000) << 16;
        let (exponent, fraction) = (u32::from(self.0 >> 10 & 0x1f), u32::from(self.0 & 0x3ff));
        let magnitude = match exponent {
            // Zero and the subnormal numbers: multiples of 2⁻²⁴.
            0 => (fraction as f32 / 16_777_216.0).to_bits(),
            31 if fraction == 0 => f32::INFINITY.to_bits(),
            31 => 0x7fc0_0000 | fraction << 13,
            // The bias of the exponent is 15 here and 127 there.
            _ => (exponent + 127 - 15) << 23 | fraction << 13,
        };
        f32::from_bits(sign | magnitude)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_becomes_f32_and_itself_again() {
        for bits in 0..=u16::MAX {
            let value = Half(bits).to_f32();
            assert_eq!(value.to_bits(), half::f16::from_bits(bits).to_f32().to_bits(), "{bits:#x}");
            if !value.is_nan() {
                assert_eq!(Half::from_f32(value), Half(bits), "{bits:#x}");
            }
        }
    }

    #[test]
    fn rounds_to_the_nearest_half() {
        // Every exponent and sign; fractions at, beside and between the bits that halves have.
        for high in 0..=u32::from(u16::MAX) {
            for low in [0, 1, 0x0fff, 0x1000, 0x1001, 0x1fff, 0x7fff, 0x8000, 0xffff] {
                let value = f32::from_bits(high << 16 | low);
                let (ours, theirs) = (Half::from_f32(value), half::f16::from_f32(value));
                let same = if value.is_nan() { ours.to_f32().is_nan() } else { ours.0 == theirs.to_bits() };
                assert!(same, "{value:e} becomes {ours:x?}, expected {:#x}", theirs.to_bits());
            }
        }
    }
}
