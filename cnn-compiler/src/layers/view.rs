//! `view`: the same values in another shape.

use std::fmt;

use super::{Branching, Fixes, Kind, Layer, Positional};
use crate::codes;
use crate::diagnostic::count;
use crate::graph::{Args, Dim, Shape};
use crate::plan::Planner;
use crate::plan::training::{Op, Sizes};
use crate::shape::Inference;
use crate::source::Span;

pub(super) static KIND: Kind = Kind {
    name: "view",
    doc: "The same values in another shape, as `torch.Tensor.view`: `view(-1, 225)` or `view(-1, 9, 5, 5)`.

The first number is the batch and always -1: a view never moves values from one image to another.
Then follows a vector's size, or channels, height and width; `_` stands for a size to be inferred. No parameters.",
    positional: Positional::Sizes("-1, 225"),
    options: &[],
    branching: Branching::None,
    build,
    kernel: "layout",
};

#[derive(Debug)]
pub(super) struct View {
    name: &'static str,
    /// The batch, and what follows; None for `_`.
    sizes: Vec<(Option<i64>, Span)>,
    /// Whether the batch is written.
    batch: bool,
    span: Span,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(View { name: "view", sizes: args.sizes.clone(), batch: true, span: args.span })
}

/// PyTorch's view with the batch at -1 takes the values of all images together.
fn what_pytorch_does(values: u64, wanted: u64) -> String {
    let divisor = gcd(values, wanted);
    let (rows, images) = (values / divisor, wanted / divisor);
    match (rows, images) {
        (_, 1) => format!("PyTorch would not object: it would return {rows} rows for every image"),
        (1, _) => format!(
            "PyTorch would raise at run time, except for batches that are a multiple of {images}: \
             there it would make one row of every {images} images"
        ),
        _ => format!(
            "PyTorch would raise at run time, except for batches that are a multiple of {images}: \
             there it would return {rows} rows for every {images} images"
        ),
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl View {
    /// The same for a layer whose arguments leave the batch out.
    pub(super) fn without_batch(name: &'static str, args: &Args) -> View {
        let sizes = [(Some(-1), args.span)].into_iter().chain(args.sizes.iter().copied()).collect();
        View { name, sizes, batch: false, span: args.span }
    }

    /// How a view to `sizes` is written.
    fn spelled(&self, sizes: &str) -> String {
        format!("{}({}{sizes})", self.name, if self.batch { "-1, " } else { "" })
    }

    /// A batch where none belongs.
    fn check_no_batch(&self, cx: &mut Inference<'_>) {
        let &[_, (Some(-1), span), ref rest @ ..] = &self.sizes[..] else { return };
        let mut mended: Vec<String> = rest.iter().map(|&(size, _)| spell(size)).collect();
        if matches!(rest.len(), 0 | 2) {
            mended.insert(0, "_".to_owned());
        }
        let message = format!("`{}` is about one image: no -1 stands for the batch", self.name);
        cx.error(&codes::VIEW_BATCH, span, message).help(format!("write `{}`", self.spelled(&mended.join(", "))));
    }

    fn check_form(&self, cx: &mut Inference<'_>) {
        let before = cx.faults();
        if !self.batch {
            self.check_no_batch(cx);
        }
        if cx.faults() > before {
            return;
        }
        let written = self.to_string();
        match self.sizes.first() {
            Some((Some(-1), _)) => {}
            Some(&(first, span)) => {
                let sizes: Vec<String> = self.sizes.iter().skip(1).map(|&(size, _)| spell(size)).collect();
                let rest = if sizes.is_empty() { spell(first) } else { sizes.join(", ") };
                cx.error(
                    &codes::VIEW_BATCH,
                    span,
                    format!("`view` starts with the batch, which is always -1, not {}", spell(first)),
                )
                .help(format!("write `view(-1, {rest})`"));
            }
            None => {
                cx.error(&codes::VIEW_BATCH, self.span, format!("`{written}` does not say which shape to make"))
                    .help("write `view(-1, 225)` for a vector, `view(-1, 9, 5, 5)` for feature maps");
            }
        }
        if matches!(self.sizes.first(), Some((Some(-1), _))) && !matches!(self.sizes.len(), 2 | 4) {
            let given = count(self.sizes.len() as u64 - 1, "size");
            cx.error(
                &codes::VIEW_BATCH,
                self.span,
                format!("`{}` makes a vector (one size) or feature maps (three sizes), not {given}", self.name),
            )
            .help(format!("write `{}` or `{}`", self.spelled("225"), self.spelled("9, 5, 5")));
        }
        for &(size, span) in self.sizes.iter().skip(1) {
            if size.is_some_and(|n| n < 1) {
                cx.error(&codes::VIEW_BATCH, span, format!("a size is at least 1, not {}", spell(size)))
                    .help("`_` stands for a size to be inferred");
            }
        }
        let holes: Vec<Span> = self.wanted().filter(|(size, _)| size.is_none()).map(|(_, span)| span).collect();
        if let [_, second, ..] = holes[..] {
            cx.error(&codes::VIEW_BATCH, second, format!("only one size of a `{}` can be inferred", self.name))
                .help("write all sizes but one");
        }
    }

    /// The sizes behind the batch.
    fn wanted(&self) -> impl Iterator<Item = (Dim, Span)> {
        self.sizes
            .iter()
            .skip(1)
            .map(|&(size, span)| (size.and_then(|n| u64::try_from(n).ok()).filter(|&n| n > 0), span))
    }

    /// The number of values, if every size is written.
    fn values(&self) -> Dim {
        if self.sizes.len() < 2 {
            return None;
        }
        self.wanted().try_fold(1u64, |n, (size, _)| n.checked_mul(size?))
    }

    /// The shape as written, its hole filled so that it takes `values`.
    fn shape(&self, values: Dim) -> Shape {
        let mut sizes: Vec<Dim> = self.wanted().map(|(size, _)| size).collect();
        let known = sizes.iter().flatten().try_fold(1u64, |n, &size| n.checked_mul(size));
        let filled =
            values.zip(known).filter(|(values, known)| values % known == 0).map(|(values, known)| values / known);
        for hole in sizes.iter_mut().filter(|size| size.is_none()) {
            *hole = filled;
        }
        match sizes[..] {
            [n] => Shape::Vector(n),
            [c, h, w] => Shape::Maps([c, h, w]),
            _ => Shape::Unknown,
        }
    }

    fn report_size(&self, input: Shape, values: u64, wanted: u64, cx: &mut Inference<'_>) {
        let images = cx.images_with(wanted);
        let mends = match self.sizes.len() {
            2 => format!("write `{}` or `flatten`", self.spelled(&values.to_string())),
            _ => format!("write sizes whose product is {values}, one of them as `_`"),
        };
        let span = self.sizes[1].1.to(self.sizes[self.sizes.len() - 1].1);
        let received = if matches!(input, Shape::Maps(_)) { format!("{input} = {values}") } else { values.to_string() };
        let message = format!("`{self}` expects {} but receives {received}", count(wanted, "value"));
        let fault = cx.mismatch(&codes::VIEW_SIZE, span, message);
        let fault = if self.batch { fault.note(what_pytorch_does(values, wanted)) } else { fault };
        fault.help(match images {
            Some(images) => format!("{mends}; {wanted} would need {images}"),
            None => mends,
        });
    }
}

fn spell(size: Option<i64>) -> String {
    size.map_or("_".to_owned(), |n| n.to_string())
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> =
            self.sizes.iter().skip(usize::from(!self.batch)).map(|&(size, _)| spell(size)).collect();
        f.pad(&format!("{}({})", self.name, sizes.join(", ")))
    }
}

impl Layer for View {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        let before = cx.faults();
        self.check_form(cx);
        let values = input.len();
        if cx.faults() == before {
            let known: Dim = self.wanted().try_fold(1u64, |n, (size, _)| n.checked_mul(size.unwrap_or(1)));
            match (values, known, self.values()) {
                (Some(values), _, Some(wanted)) if values != wanted => self.report_size(input, values, wanted, cx),
                (Some(values), Some(known), None) if !values.is_multiple_of(known) => {
                    cx.mismatch(
                        &codes::VIEW_SIZE,
                        self.span,
                        format!("`{self}` cannot divide {values} values by {known}"),
                    )
                    .help(format!("write sizes whose product is {values}"));
                }
                (_, None, _) => {
                    cx.error(&codes::TOO_LARGE, self.span, "this shape has too many values to count");
                }
                _ => {}
            }
        }
        let shape = self.shape(values);
        if cx.faults() > before { shape.blurred_unless_known() } else { shape }
    }

    fn fixes(&self) -> Fixes {
        self.values().map_or(Fixes::Nothing, Fixes::Values)
    }

    fn op(&self, _sizes: &Sizes<'_>) -> Option<Op> {
        None
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.reinterpret();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pytorch_on_the_slides_net() {
        assert!(what_pytorch_does(324, 225).contains("multiple of 25"));
        assert!(what_pytorch_does(324, 225).contains("36 rows for every 25 images"));
        assert!(what_pytorch_does(900, 225).contains("4 rows for every image"));
        assert!(what_pytorch_does(2025, 225).contains("9 rows for every image"));
        assert!(what_pytorch_does(75, 225).contains("one row of every 3 images"));
    }
}
