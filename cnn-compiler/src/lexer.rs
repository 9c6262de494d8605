//! Characters and Rust tokens to [`Token`]s. Delimiters always balance in what comes out.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use unicode_ident::{is_xid_continue, is_xid_start};

use crate::source::{Origin, Span, Token, TokenKind};

/// Text that is no token of the language.
#[derive(Clone, Debug)]
pub struct LexError {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
}

/// Appends the tokens of a macro call, and an end. Groups without delimiters, as `macro_rules` makes them, are opened.
pub(crate) fn lex_rust(stream: TokenStream, tokens: &mut Vec<Token>) {
    let mut stack: Vec<(proc_macro2::token_stream::IntoIter, Option<(usize, TokenTree)>)> =
        vec![(stream.into_iter(), None)];
    while let Some((trees, open)) = stack.last_mut() {
        let Some(tree) = trees.next() else {
            if let Some((open, group)) = open.take() {
                let TokenKind::Open(mark, _) = tokens[open].kind else { unreachable!("only opens are pushed") };
                tokens[open].kind = TokenKind::Open(mark, tokens.len() as u32);
                tokens.push(Token { kind: TokenKind::Close(closing(mark)), origin: Origin::Rust(group) });
            }
            stack.pop();
            continue;
        };
        match &tree {
            TokenTree::Group(group) => {
                let inner = group.stream().into_iter();
                let mark = match group.delimiter() {
                    Delimiter::Parenthesis => '(',
                    Delimiter::Brace => '{',
                    Delimiter::Bracket => '[',
                    Delimiter::None => {
                        stack.push((inner, None));
                        continue;
                    }
                };
                let open = tokens.len();
                tokens.push(Token { kind: TokenKind::Open(mark, 0), origin: Origin::Rust(tree.clone()) });
                stack.push((inner, Some((open, tree))));
            }
            TokenTree::Ident(ident) => push_word(&ident.to_string(), tokens, |_| Origin::Rust(tree.clone())),
            TokenTree::Punct(punct) => push_rust_punct(punct, &tree, tokens),
            TokenTree::Literal(literal) => push_rust_literal(&literal.to_string(), &tree, tokens),
        }
    }
    tokens.push(Token { kind: TokenKind::End, origin: Origin::CallSite });
}

fn push_rust_punct(punct: &proc_macro2::Punct, tree: &TokenTree, tokens: &mut Vec<Token>) {
    let mark = punct.as_char();
    let follows_minus = mark == '>'
        && matches!(tokens.last(), Some(Token { kind: TokenKind::Punct('-'), origin: Origin::Rust(TokenTree::Punct(minus)) })
            if minus.spacing() == Spacing::Joint);
    if follows_minus {
        let arrow = tokens.len() - 1;
        tokens[arrow].kind = TokenKind::Arrow;
    } else {
        tokens.push(Token { kind: TokenKind::Punct(mark), origin: Origin::Rust(tree.clone()) });
    }
}

/// `3x7x7` and `0.1` are literals to Rust; strings lose their quotes.
fn push_rust_literal(text: &str, tree: &TokenTree, tokens: &mut Vec<Token>) {
    if let Some(string) = string_content(text) {
        tokens.push(Token { kind: TokenKind::Str(string), origin: Origin::Rust(tree.clone()) });
    } else {
        push_word(text, tokens, |_| Origin::Rust(tree.clone()));
    }
}

fn string_content(text: &str) -> Option<String> {
    let raw = text.strip_prefix('r').map(|rest| rest.trim_matches('#'));
    let quoted = raw.unwrap_or(text).strip_prefix('"')?.strip_suffix('"')?;
    match raw {
        Some(_) => Some(quoted.to_owned()),
        None => Some(unescape(quoted)),
    }
}

/// The escapes that a path can need; others stay as they are.
fn unescape(quoted: &str) -> String {
    quoted.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// A run of letters, digits, dots and `_`: one name, or numbers with `x` or `.` between them.
fn push_word(word: &str, tokens: &mut Vec<Token>, origin: impl Fn(std::ops::Range<usize>) -> Origin) {
    let after_number = matches!(tokens.last(), Some(Token { kind: TokenKind::Int(_), .. }));
    let crosses = word.starts_with('x') && word[1..].starts_with(|c: char| c.is_ascii_digit());
    let numeric = word.starts_with(|c: char| c.is_ascii_digit()) || (after_number && crosses);
    if !numeric {
        let kind = if word.starts_with(|c: char| is_xid_start(c) || c == '_') {
            TokenKind::Ident(word.to_owned())
        } else {
            TokenKind::Other(word.to_owned())
        };
        tokens.push(Token { kind, origin: origin(0..word.len()) });
        return;
    }
    let mut start = 0;
    while start < word.len() {
        let rest = &word[start..];
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(rest.len());
        let (kind, len) = if digits > 0 {
            (TokenKind::Int(rest[..digits].to_owned()), digits)
        } else if rest.starts_with('x') {
            (TokenKind::Cross, 1)
        } else if rest.starts_with('.') {
            (TokenKind::Punct('.'), 1)
        } else {
            (TokenKind::Other(rest.to_owned()), rest.len())
        };
        tokens.push(Token { kind, origin: origin(start..start + len) });
        start += len;
    }
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// Appends the tokens of `text`, and an end.
pub(crate) fn lex_text(text: &str, file: usize, tokens: &mut Vec<Token>) -> Vec<LexError> {
    let mut lexer = TextLexer { text, file, tokens, at: 0, open: Vec::new(), errors: Vec::new() };
    lexer.run();
    lexer.errors
}

struct TextLexer<'a> {
    text: &'a str,
    file: usize,
    tokens: &'a mut Vec<Token>,
    at: usize,
    /// Indices of the delimiters that are open, outermost first.
    open: Vec<usize>,
    errors: Vec<LexError>,
}

impl TextLexer<'_> {
    fn run(&mut self) {
        while let Some(c) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            match c {
                _ if c.is_whitespace() || c == '\u{feff}' => self.at += c.len_utf8(),
                '/' if rest.starts_with("///") && !rest.starts_with("////") => self.doc_comment(),
                '/' if rest.starts_with("//") => self.at += rest.find('\n').unwrap_or(rest.len()),
                '/' if rest.starts_with("/*") => self.block_comment(),
                '-' if rest.starts_with("->") => self.push(TokenKind::Arrow, 2),
                '→' => self.push(TokenKind::Arrow, c.len_utf8()),
                '×' => self.push(TokenKind::Cross, c.len_utf8()),
                '"' => self.string(),
                '(' | '[' | '{' => {
                    self.open.push(self.tokens.len());
                    self.push(TokenKind::Open(c, 0), 1);
                }
                ')' | ']' | '}' => self.close(c),
                _ if c.is_ascii_digit() || c == '_' || is_xid_start(c) => self.word(),
                _ if c.is_ascii_punctuation() => self.push(TokenKind::Punct(c), 1),
                _ => {
                    self.push(TokenKind::Other(c.to_string()), c.len_utf8());
                }
            }
        }
        self.finish();
    }

    fn push(&mut self, kind: TokenKind, len: usize) {
        self.tokens.push(Token { kind, origin: Origin::Text(self.file, self.at..self.at + len) });
        self.at += len;
    }

    fn error(&mut self, index: usize, message: impl Into<String>) {
        self.errors.push(LexError { span: Span::at(index), message: message.into() });
    }

    fn word(&mut self) {
        let rest = &self.text[self.at..];
        // A raw name, `r#type`.
        let raw = if rest.starts_with("r#") && rest[2..].starts_with(is_xid_start) { 2 } else { 0 };
        let len = rest[raw..].find(|c: char| !is_xid_continue(c)).map_or(rest.len(), |len| raw + len);
        let (file, at) = (self.file, self.at);
        push_word(&rest[..len], self.tokens, |range| Origin::Text(file, at + range.start..at + range.end));
        self.at += len;
    }

    /// `/// text` stands for `#[doc = " text"]`, as in Rust; all its tokens have the comment's place.
    fn doc_comment(&mut self) {
        let rest = &self.text[self.at..];
        let len = rest.find('\n').unwrap_or(rest.len());
        let first = self.tokens.len() as u32;
        let kinds = [
            TokenKind::Punct('#'),
            TokenKind::Open('[', first + 5),
            TokenKind::Ident("doc".into()),
            TokenKind::Punct('='),
            TokenKind::Str(rest[3..len].trim_end().into()),
            TokenKind::Close(']'),
        ];
        let origin = Origin::Text(self.file, self.at..self.at + len);
        self.tokens.extend(kinds.map(|kind| Token { kind, origin: origin.clone() }));
        self.at += len;
    }

    /// Block comments nest, as in Rust.
    fn block_comment(&mut self) {
        let (start, mut depth) = (self.at, 0);
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            if rest.starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return;
                }
            } else {
                self.at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        let end = self.at;
        self.at = start;
        self.push(TokenKind::Other("/*".into()), 2);
        self.error(self.tokens.len() - 1, "this comment is not closed by `*/`");
        self.at = end;
    }

    fn string(&mut self) {
        let rest = &self.text[self.at + 1..];
        let line = rest.find('\n').unwrap_or(rest.len());
        match rest[..line].find('"') {
            Some(len) => self.push(TokenKind::Str(rest[..len].to_owned()), len + 2),
            None => {
                self.push(TokenKind::Str(rest[..line].trim_end().to_owned()), line + 1);
                self.error(self.tokens.len() - 1, "this string is not closed by `\"`");
            }
        }
    }

    fn close(&mut self, mark: char) {
        let matching = self
            .open
            .iter()
            .rposition(|&open| matches!(self.tokens[open].kind, TokenKind::Open(c, _) if closing(c) == mark));
        match matching {
            Some(level) => {
                while self.open.len() > level + 1 {
                    self.close_missing();
                }
                self.close_innermost(1);
            }
            None => {
                self.push(TokenKind::Other(mark.to_string()), 1);
                self.error(self.tokens.len() - 1, format!("this `{mark}` closes nothing"));
            }
        }
    }

    fn close_innermost(&mut self, len: usize) {
        let Some(open) = self.open.pop() else { return };
        let TokenKind::Open(mark, _) = self.tokens[open].kind else { unreachable!("only opens are pushed") };
        self.tokens[open].kind = TokenKind::Open(mark, self.tokens.len() as u32);
        self.push(TokenKind::Close(closing(mark)), len);
    }

    /// Closes the innermost delimiter, which the text does not.
    fn close_missing(&mut self) {
        let Some(&open) = self.open.last() else { return };
        let TokenKind::Open(mark, _) = self.tokens[open].kind else { unreachable!("only opens are pushed") };
        self.error(open, format!("this `{mark}` is not closed by `{}`", closing(mark)));
        self.close_innermost(0);
    }

    fn finish(&mut self) {
        while !self.open.is_empty() {
            self.close_missing();
        }
        self.push(TokenKind::End, 0);
    }
}
