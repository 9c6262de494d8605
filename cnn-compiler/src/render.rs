//! [`Diagnostic`]s for rustc, and for a terminal.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, TokenStream, TokenTree};

use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// A `compile_error!` for each fault, at the tokens at fault.
pub fn compile_errors(faults: &[Diagnostic], source: &Source) -> TokenStream {
    faults.iter().flat_map(|fault| compile_error(fault, source)).collect()
}

/// `::core::compile_error! { "…" }`. rustc points from the first token's span to the last one's.
fn compile_error(fault: &Diagnostic, source: &Source) -> TokenStream {
    let (start, end) = source.rust_spans(fault.span);
    let text = match source.text_range(fault.span) {
        Some(_) => format!("{}\n{}", fault.text(), excerpt(fault, source)),
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
pub fn terminal(fault: &Diagnostic, source: &Source, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let text = fault.text();
    let Some((file, range)) = source.text_range(fault.span) else { return format!("error: {text}") };
    let file = &source.files[file];
    let snippet = Snippet::source(&file.text).path(&file.path).annotation(AnnotationKind::Primary.span(range));
    renderer.render(&[Level::ERROR.primary_title(text).element(snippet)])
}

/// The excerpt alone.
fn excerpt(fault: &Diagnostic, source: &Source) -> String {
    let whole = terminal(&Diagnostic { message: String::new(), ..fault.clone() }, source, false);
    whole.find("-->").map_or(String::new(), |at| {
        let line = whole[..at].rfind('\n').map_or(0, |line| line + 1);
        whole[line..].to_owned()
    })
}
