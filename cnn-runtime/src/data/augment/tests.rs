use super::*;
use crate::data::InMemory;

/// Two channels of 3×5, all values different and none of them zero.
fn image() -> InMemory<'static, usize> {
    let mut value = 0.0;
    let image = [(); 2].map(|()| {
        [(); 3].map(|()| {
            [(); 5].map(|()| {
                value += 1.0;
                value
            })
        })
    });
    InMemory::new(vec![image], vec![7]).unwrap()
}

/// What `change` makes of the image in so many draws.
fn shown(change: Augmentation, draws: u64) -> Vec<Vec<f32>> {
    let data = Augmented::new(image(), [change]).unwrap();
    let show = |draw| {
        let mut image = vec![f32::NAN; data.shape().len()];
        assert_eq!(data.get(0, draw, &mut image).unwrap(), 7);
        image
    };
    (0..draws).map(show).collect()
}

fn plain() -> Vec<f32> {
    (1..=30).map(|value| value as f32).collect()
}

/// The pixels at an offset, by definition.
fn moved(dy: isize, dx: isize) -> Vec<f32> {
    let at = |c: usize, y: isize, x: isize| {
        let inside = (0..3).contains(&y) && (0..5).contains(&x);
        if inside { plain()[c * 15 + y as usize * 5 + x as usize] } else { 0.0 }
    };
    let pixels = (0..2).flat_map(|c| (0..3).flat_map(move |y| (0..5).map(move |x| (c, y + dy, x + dx))));
    pixels.map(|(c, y, x)| at(c, y, x)).collect()
}

#[test]
fn shifts_reach_everywhere_and_no_further() {
    let images = shown(Augmentation::Shift { pixels: 2 }, 500);
    let all: Vec<_> = (-2..=2).flat_map(|dy| (-2..=2).map(move |dx| moved(dy, dx))).collect();
    assert!(images.iter().all(|image| all.contains(image)));
    assert!(all.iter().all(|image| images.contains(image)));
    // Far outside.
    assert!(shown(Augmentation::Shift { pixels: 1_000_000 }, 3).iter().flatten().all(|&value| value == 0.0));
    assert_eq!(shown(Augmentation::Shift { pixels: 0 }, 1), [plain()]);
}

#[test]
fn flips_mirror_rows() {
    let images = shown(Augmentation::Flip, 200);
    let mirrored: Vec<f32> = plain().chunks(5).flat_map(|row| row.iter().rev().copied()).collect();
    let count = images.iter().filter(|&image| *image == mirrored).count();
    assert!((70..130).contains(&count), "{count}");
    assert_eq!(images.iter().filter(|&image| *image == plain()).count(), 200 - count);
}

#[test]
fn windows_may_be_smaller_or_larger() {
    let images = shown(Augmentation::Crop { height: 1, width: 5, padding: 0 }, 100);
    let rows: Vec<_> =
        (0..3).map(|y| [&plain()[5 * y..5 * y + 5], &plain()[15 + 5 * y..20 + 5 * y]].concat()).collect();
    assert!(images.iter().all(|image| rows.contains(image)));
    assert!(rows.iter().all(|image| images.contains(image)));
    let padded = shown(Augmentation::Crop { height: 7, width: 9, padding: 2 }, 1);
    assert_eq!(padded[0].len(), 2 * 7 * 9);
    assert_eq!(padded[0][2 * 9 + 2..][..5], plain()[..5]);
    assert_eq!(padded[0].iter().sum::<f32>(), plain().iter().sum::<f32>());
}

#[test]
fn rotations_and_scales_keep_the_centre() {
    for change in [Augmentation::Rotation { degrees: 180.0 }, Augmentation::Scale { least: 0.5, most: 2.0 }] {
        let images = shown(change, 100);
        for image in &images {
            assert!((image[7] - 8.0).abs() < 1e-4 && (image[22] - 23.0).abs() < 1e-4, "{change:?}: {image:?}");
            assert!(image.iter().all(|value| (0.0..=30.0).contains(value)), "{change:?}: {image:?}");
        }
        assert!(images[0] != images[1], "{change:?}");
    }
    assert_eq!(shown(Augmentation::Rotation { degrees: 0.0 }, 1), [plain()]);
    assert_eq!(shown(Augmentation::Scale { least: 1.0, most: 1.0 }, 1), [plain()]);
}

#[test]
fn turns_and_magnifications_by_definition() {
    let square = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    let pixels = || Pixels { size: [1, 3, 3], values: &square };
    let mut image = [0.0; 9];
    // A quarter turn: what is shown at (x, y) lies at (−y, x).
    sample(pixels(), [0.0, -1.0, 1.0, 0.0], &mut image);
    assert_eq!(image, [3.0, 6.0, 9.0, 2.0, 5.0, 8.0, 1.0, 4.0, 7.0]);
    sample(pixels(), [0.5, 0.0, 0.0, 0.5], &mut image);
    assert_eq!(image, [3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0]);
    sample(pixels(), [1e30, 0.0, 0.0, 1e30], &mut image);
    assert_eq!(image, [0.0, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn one_pixel_is_an_image() -> Result<(), DataError> {
    let changes = [
        Augmentation::Flip,
        Augmentation::Rotation { degrees: 180.0 },
        Augmentation::Scale { least: 0.5, most: 2.0 },
        Augmentation::Shift { pixels: 0 },
        Augmentation::Crop { height: 1, width: 1, padding: 0 },
    ];
    let data = Augmented::new(InMemory::new(vec![[[[3.0f32]]]], vec![1usize])?, changes)?;
    let mut image = [0.0];
    assert_eq!((data.get(0, 5, &mut image)?, image), (1, [3.0]));
    Ok(())
}

#[test]
fn a_draw_decides_and_each_set_draws_its_own() -> Result<(), DataError> {
    let shift = [Augmentation::Shift { pixels: 1 }];
    let once = Augmented::new(image(), shift)?;
    let twice = Augmented::new(Augmented::new(image(), shift)?, shift)?;
    let show = |data: &dyn Dataset<Target = usize>, draw| {
        let mut image = [0.0; 30];
        data.get(0, draw, &mut image).map(|_| image)
    };
    let mut moved = 0;
    for draw in 0..200 {
        assert_eq!(show(&once, draw)?, show(&once, draw)?);
        moved += u32::from(show(&once, draw)?[..] == plain() && show(&twice, draw)?[..] != plain());
    }
    // Never, if both drew the same.
    assert!(moved > 5, "{moved}");
    let none = Augmented::new(image(), [])?;
    assert_eq!(show(&none, 3)?[..], plain());
    Ok(())
}

#[test]
fn bounds_out_of_range() {
    let error = |change| Augmented::new(image(), [change]).unwrap_err().to_string();
    let window = |height, width, padding| error(Augmentation::Crop { height, width, padding });
    assert_eq!(window(8, 5, 2), "a window is 8×5, expected one of an image of 3×5 with a border of 2");
    assert!(window(0, 5, 2).starts_with("a window is 0×5"));
    assert!(window(1 << 40, 1 << 40, 1 << 50).starts_with("a window is"));
    assert!(window(1, 1, usize::MAX).starts_with("a window is"));
    assert_eq!(error(Augmentation::Rotation { degrees: -1.0 }), "a rotation is -1, expected 0 to 180 degrees");
    assert!(error(Augmentation::Rotation { degrees: f32::NAN }).starts_with("a rotation is NaN"));
    assert_eq!(error(Augmentation::Scale { least: 0.0, most: 2.0 }), "a scale is 0 to 2, expected factors above 0");
    assert!(error(Augmentation::Shift { pixels: usize::MAX }).starts_with("a shift is"));
    let vectors = InMemory::new(vec![[0.5f32; 4]], vec![0usize]).unwrap();
    let error = Augmented::new(vectors, []).unwrap_err().to_string();
    assert_eq!(error, "the shape of augmented images is 4, expected channels × rows × columns");
}
