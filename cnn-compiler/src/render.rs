//! [`Diagnostic`]s for rustc, and for a terminal.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, TokenStream, TokenTree};

use crate::diagnostic::Diagnostic;
use crate::source::{Source, TextFile};

/// A `compile_error!` for each fault, at the tokens at fault.
pub fn compile_errors(faults: &[Diagnostic], source: &Source) -> TokenStream {
    faults.iter().flat_map(|fault| compile_error(fault, source)).collect()
}

/// `::core::compile_error! { "…" }`. rustc points from the first token's span to the last one's.
fn compile_error(fault: &Diagnostic, source: &Source) -> TokenStream {
    let (start, end) = source.rust_spans(fault.span);
    let text = match source.text_range(fault.span) {
        Some((file, range)) => format!("{}\n{}", fault.text(), location(&source.files[file], range.start)),
        None => fault.text(),
    };
    let punct = |mark, spacing| {
        let mut punct = Punct::new(mark, spacing);
        punct.set_span(start);
        TokenTree::from(punct)
    };
    let mut message = Literal::string(&text);
    message.set_span(end);
    let mut braces = Group::new(Delimiter::Brace, TokenTree::from(message).into());
    braces.set_span(end);
    TokenStream::from_iter([
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        Ident::new("core", start).into(),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        Ident::new("compile_error", start).into(),
        punct('!', Spacing::Alone),
        braces.into(),
    ])
}

/// The fault with an excerpt of the text file that it lies in, as rustc prints it.
#[cfg(feature = "terminal")]
pub fn terminal(fault: &Diagnostic, source: &Source, color: bool) -> String {
    use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let text = fault.text();
    let Some((file, range)) = source.text_range(fault.span) else { return format!("error: {text}") };
    let file = &source.files[file];
    let snippet = Snippet::source(&file.text).path(&file.path).annotation(AnnotationKind::Primary.span(range));
    renderer.render(&[Level::ERROR.primary_title(text).element(snippet)])
}

/// ` --> nets/lenet5.cnn:4:8: fc(256 → 120) relu`, for a fault in a file that Rust source includes.
fn location(file: &TextFile, start: usize) -> String {
    let before = &file.text[..start];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line: String = file.text[line_start..].chars().take_while(|&c| c != '\n').take(100).collect();
    let row = before.matches('\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    format!(" --> {}:{row}:{column}: {}", file.path, line.trim())
}
