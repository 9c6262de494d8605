//! One flat list of tokens for both sources of the language: Rust's tokens and the text of `.cnn` files.
//!
//! Every later stage speaks of [`Span`]s, ranges of indices into this list; only the renderers ask where a token came from.

use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::lexer;

/// A range of tokens, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Index of the first token.
    pub start: u32,
    /// Index behind the last token; never equal to `start`.
    pub end: u32,
}

impl Span {
    /// The span of one token.
    pub fn at(index: usize) -> Span {
        Span { start: index as u32, end: index as u32 + 1 }
    }

    /// From the start of `self` to the end of `end`.
    pub fn to(self, end: Span) -> Span {
        Span { start: self.start, end: end.end.max(self.end) }
    }
}

/// What a token is to the language.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenKind {
    /// A name; `k3x5` is one name too, taken apart by the layer that reads it.
    Ident(String),
    /// Decimal digits.
    Int(String),
    /// A quoted string, without its quotes.
    Str(String),
    /// `->` or `→`.
    Arrow,
    /// `×`, or an `x` that stands between numbers.
    Cross,
    /// Any other mark.
    Punct(char),
    /// An opening delimiter and the index of its [`TokenKind::Close`].
    Open(char, u32),
    /// A closing delimiter.
    Close(char),
    /// Something that the language has no use for, as it was written.
    Other(String),
    /// The end of a file or macro call.
    End,
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a token was written.
#[derive(Clone, Debug)]
pub enum Origin {
    /// In Rust source; for a delimiter, the whole group.
    Rust(TokenTree),
    /// In Rust source, at its end: nothing is written there.
    CallSite,
    /// In a text file: index into [`Source::files`], and bytes.
    Text(usize, Range<usize>),
}

/// A text file.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// The path as the user wrote it.
    pub path: String,
    /// Its whole content.
    pub text: String,
    /// The string of the `include` that named it.
    pub included_at: Option<Span>,
}

/// All tokens of one compilation, with the files they came from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Every token; each file's tokens end with [`TokenKind::End`].
    pub tokens: Vec<Token>,
    /// The text files, in the order in which they were read.
    pub files: Vec<TextFile>,
}

impl Source {
    /// Adds the tokens of a macro call and returns the index of the first.
    pub fn add_rust(&mut self, stream: TokenStream) -> usize {
        let first = self.tokens.len();
        lexer::lex_rust(stream, &mut self.tokens);
        first
    }

    /// Adds the tokens of a text file and returns the index of the first, and what could not be read.
    pub fn add_text(&mut self, file: TextFile) -> (usize, Vec<lexer::LexError>) {
        let first = self.tokens.len();
        let index = self.files.len();
        let errors = lexer::lex_text(&file.text, index, &mut self.tokens);
        self.files.push(file);
        (first, errors)
    }

    /// The tokens of `span` as Rust tokens, for attributes and visibility, which pass through.
    pub fn to_rust(&self, span: Span) -> Result<TokenStream, proc_macro2::LexError> {
        let mut stream = TokenStream::new();
        let mut index = span.start;
        while index < span.end {
            let token = &self.tokens[index as usize];
            match &token.origin {
                Origin::Rust(tree) => stream.extend([tree.clone()]),
                Origin::CallSite => {}
                Origin::Text(..) => return self.text(span).parse(),
            }
            index = match token.kind {
                TokenKind::Open(_, close) => close + 1,
                _ => index + 1,
            };
        }
        Ok(stream)
    }

    /// The bytes that `span` covers in its text file, if it comes from one.
    pub fn text_range(&self, span: Span) -> Option<(usize, Range<usize>)> {
        let Origin::Text(file, first) = &self.tokens[span.start as usize].origin else { return None };
        let end = match &self.tokens[span.end as usize - 1].origin {
            Origin::Text(_, last) => last.end.max(first.end),
            _ => first.end,
        };
        Some((*file, first.start..end))
    }

    fn text(&self, span: Span) -> &str {
        self.text_range(span).map_or("", |(file, range)| &self.files[file].text[range])
    }

    /// The Rust spans of the first and last token of `span`; for text, those of the `include` that brought it in.
    pub fn rust_spans(&self, span: Span) -> (proc_macro2::Span, proc_macro2::Span) {
        let end = |index: u32, open: bool| match &self.tokens[index as usize].origin {
            Origin::Rust(TokenTree::Group(group)) if group.delimiter() != Delimiter::None => {
                if open {
                    group.span_open()
                } else {
                    group.span_close()
                }
            }
            Origin::Rust(tree) => tree.span(),
            _ => proc_macro2::Span::call_site(),
        };
        match self.tokens[span.start as usize].origin {
            Origin::Text(file, _) => match self.files[file].included_at {
                Some(include) => self.rust_spans(include),
                None => (proc_macro2::Span::call_site(), proc_macro2::Span::call_site()),
            },
            _ => {
                let last = span.end - 1;
                let last_is_open = matches!(self.tokens[last as usize].kind, TokenKind::Open(..));
                let first_is_open = !matches!(self.tokens[span.start as usize].kind, TokenKind::Close(_));
                (end(span.start, first_is_open), end(last, last_is_open))
            }
        }
    }

    /// The Rust span that a name of the user's is to carry into emitted code.
    pub fn rust_span(&self, span: Span) -> proc_macro2::Span {
        self.rust_spans(span).0
    }
}
