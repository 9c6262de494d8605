//! Tokens to [`File`]. Never fails: what cannot be understood is reported and passed over.

mod attributes;
mod items;

use crate::codes;
use crate::diagnostic::Diagnostics;
use crate::layers::{self, Branching, Kind};
use crate::source::{Source, Span, TokenKind};
use crate::syntax::*;

/// Groups and parentheses may nest this deep.
const MAX_DEPTH: usize = 64;

/// A number may have this many operators, so that no later stage recurses deep.
const MAX_OPERATORS: usize = 256;

/// Where an included file's text comes from; the compiler itself does no IO.
pub trait Loader {
    /// The text of the file at `path`: from the crate's root for Rust source, from the current folder for a `.cnn` file
    /// that is compiled by itself.
    fn load(&mut self, path: &str) -> Result<String, String>;

    /// The first `len` bytes of a file of weights, or all of a shorter one. A loader need not know such files.
    fn start(&mut self, path: &str, len: u64) -> Result<Start, String> {
        let _ = (path, len);
        Err("files of weights are not read here".into())
    }
}

/// The beginning of a file.
#[derive(Clone, Debug)]
pub struct Start {
    /// Its first bytes.
    pub bytes: Vec<u8>,
    /// The length of the whole file.
    pub len: u64,
}

/// Parses the tokens that start at `first`, those of the file at `path` or of a macro call, and the files that they include.
pub fn file(
    source: &mut Source,
    first: usize,
    path: Option<&str>,
    loader: &mut dyn Loader,
    cx: &mut Diagnostics,
) -> File {
    let including = vec![path.unwrap_or_default().trim_start_matches("./").to_owned()];
    let mut parser = Parser { source, at: first, loader, cx, depth: 0, operators: 0, including };
    let mut file = File::default();
    parser.items(&mut file);
    parser.nameless_stands_alone(&file);
    file
}

struct Parser<'a> {
    source: &'a mut Source,
    at: usize,
    loader: &'a mut dyn Loader,
    cx: &'a mut Diagnostics,
    depth: usize,
    operators: usize,
    /// The files that are being read, outermost first.
    including: Vec<String>,
}

/// Tokens.
impl Parser<'_> {
    fn kind(&self) -> &TokenKind {
        self.kind_at(0)
    }

    fn kind_at(&self, ahead: usize) -> &TokenKind {
        self.source.tokens.get(self.at + ahead).map_or(&TokenKind::End, |token| &token.kind)
    }

    fn here(&self) -> Span {
        Span::at(self.at)
    }

    /// From `start` to the token before this one.
    fn since(&self, start: Span) -> Span {
        Span { start: start.start, end: (self.at as u32).max(start.start + 1) }
    }

    fn at_end(&self) -> bool {
        matches!(self.kind(), TokenKind::Close(_) | TokenKind::End)
    }

    fn at_punct(&self, mark: char) -> bool {
        *self.kind() == TokenKind::Punct(mark)
    }

    fn at_open(&self, mark: char) -> bool {
        matches!(self.kind(), TokenKind::Open(c, _) if *c == mark)
    }

    fn at_ident(&self, word: &str) -> bool {
        matches!(self.kind(), TokenKind::Ident(text) if text == word)
    }

    fn eat_punct(&mut self, mark: char) -> bool {
        let eaten = self.at_punct(mark);
        self.at += usize::from(eaten);
        eaten
    }

    fn eat_arrow(&mut self) -> bool {
        let eaten = *self.kind() == TokenKind::Arrow;
        self.at += usize::from(eaten);
        eaten
    }

    /// One token, or a whole delimited group; stays before a closing delimiter and the end.
    fn skip(&mut self) {
        match *self.kind() {
            TokenKind::Open(_, close) => self.at = close as usize + 1,
            TokenKind::Close(_) | TokenKind::End => {}
            _ => self.at += 1,
        }
    }

    fn found(&self) -> String {
        match self.kind() {
            TokenKind::Ident(text) | TokenKind::Int(text) | TokenKind::Other(text) => format!("`{text}`"),
            TokenKind::Str(text) => format!("\"{text}\""),
            TokenKind::Arrow => "`->`".into(),
            TokenKind::Cross => "`x`".into(),
            TokenKind::Punct(c) | TokenKind::Open(c, _) | TokenKind::Close(c) => format!("`{c}`"),
            TokenKind::End => "the end".into(),
        }
    }

    fn expected(&mut self, what: &str) -> &mut crate::diagnostic::Diagnostic {
        let (span, found) = (self.here(), self.found());
        self.cx.error(&codes::SYNTAX, span, format!("expected {what}, found {found}"))
    }

    fn delimited_if<T>(&mut self, mark: char, inside: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.at_open(mark) { self.delimited(inside) } else { None }
    }

    /// Runs `inside` between the delimiters that open here, and reports what it leaves behind.
    fn delimited<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let TokenKind::Open(_, close) = *self.kind() else { return None };
        let open = self.here();
        self.at += 1;
        self.depth += 1;
        let result = if self.depth > MAX_DEPTH {
            if self.depth == MAX_DEPTH + 1 {
                self.cx
                    .error(&codes::TOO_DEEP, open, format!("this is nested more than {MAX_DEPTH} deep"))
                    .help("move the inner layers into a `block`");
            }
            None
        } else {
            let result = inside(self);
            if self.at < close as usize {
                let close_mark = self.source.tokens[close as usize].kind.clone();
                let TokenKind::Close(mark) = close_mark else { unreachable!("delimiters balance") };
                self.expected(&format!("`{mark}`"));
            }
            Some(result)
        };
        self.depth -= 1;
        self.at = close as usize + 1;
        result
    }
}

/// Layers.
impl Parser<'_> {
    fn body_in_braces(&mut self, what: &str) -> Vec<Node> {
        if self.at_open('{') {
            return self.delimited(|parser| parser.body(false)).unwrap_or_default();
        }
        self.expected(what);
        Vec::new()
    }

    /// Layers up to the end or the next branch, or, in a nameless net, up to what cannot be a layer of it.
    fn body(&mut self, nameless: bool) -> Vec<Node> {
        let mut nodes = Vec::new();
        while !(self.at_end() || self.at_punct('|')) {
            if self.eat_punct(';') {
                continue;
            }
            if nameless && !nodes.is_empty() && (self.at_punct('#') || self.at_ident("pub")) {
                break;
            }
            match self.kind() {
                TokenKind::Ident(_) | TokenKind::Int(_) | TokenKind::Open('{', _) => {
                    let node = self.node();
                    nodes.push(node);
                }
                TokenKind::Punct(',') => {
                    self.expected("a layer or `;`").help("layers follow one another with `;` or a space between them");
                    self.skip();
                }
                _ => {
                    let start = self.here();
                    self.expected("a layer");
                    self.skip();
                    nodes.push(Node { label: None, kind: NodeKind::Error, repeat: None, span: start });
                    while !(self.at_end() || self.at_punct(';') || matches!(self.kind(), TokenKind::Ident(_))) {
                        self.skip();
                    }
                }
            }
        }
        nodes
    }

    fn node(&mut self) -> Node {
        let start = self.here();
        let label = self.label();
        let kind = match self.kind().clone() {
            TokenKind::Ident(text) => NodeKind::Call(self.call(text)),
            TokenKind::Open('{', _) => NodeKind::Group(self.delimited(|parser| parser.body(false)).unwrap_or_default()),
            _ => {
                self.expected("a layer");
                self.skip();
                NodeKind::Error
            }
        };
        let repeat = if self.eat_punct('*') { Some(self.product_operand()) } else { None };
        Node { label, kind, repeat, span: self.since(start) }
    }

    /// `conv1:`, `layer1.0.conv1:`, `block1-0:`, `0:`; None, and nothing read, where no `:` follows.
    fn label(&mut self) -> Option<Name> {
        let mut text = String::new();
        let mut ahead = 0;
        loop {
            match self.kind_at(ahead) {
                TokenKind::Ident(part) | TokenKind::Int(part) => text.push_str(part),
                _ => return None,
            }
            match self.kind_at(ahead + 1) {
                TokenKind::Punct(mark @ ('.' | '-')) => text.push(*mark),
                TokenKind::Punct(':') => break,
                _ => return None,
            }
            ahead += 2;
        }
        let start = self.here();
        self.at += ahead + 1;
        let span = self.since(start);
        self.at += 1;
        Some(Name { text, span })
    }

    fn call(&mut self, text: String) -> Call {
        let name = Name { text, span: self.here() };
        self.at += 1;
        let faults = self.cx.len();
        if self.at_open('[') {
            self.expected("arguments in parentheses");
            self.skip();
        }
        let args = self.delimited_if('(', Self::args).unwrap_or_default();
        let mut call = Call {
            span: self.since(name.span),
            args,
            faulty: self.cx.len() > faults,
            branches: Vec::new(),
            otherwise: None,
            name,
        };
        if let Some(kind) = layers::find(&call.name.text).filter(|kind| kind.branching != Branching::None) {
            self.branches(kind, &mut call);
        }
        call
    }

    /// `{ a | b }` behind a combinator, and the `else { … }` of one that takes it.
    fn branches(&mut self, kind: &Kind, call: &mut Call) {
        if !self.at_open('{') {
            self.expected(&format!("the layers of `{}`: `{{ … }}`", kind.name));
            call.faulty = true;
            return;
        }
        let several = matches!(kind.branching, Branching::Parallel(_));
        let branches = self.delimited(|parser| {
            let mut branches = vec![parser.body(false)];
            while several && parser.eat_punct('|') {
                branches.push(parser.body(false));
            }
            branches
        });
        call.faulty |= branches.is_none();
        call.branches = branches.unwrap_or_default();
        if kind.branching == Branching::Residual && self.at_ident("else") {
            self.at += 1;
            call.otherwise = Some(self.body_in_braces("the layers beside the body: `{ … }`"));
        }
    }

    fn args(&mut self) -> Vec<Arg> {
        let mut args = Vec::new();
        while !self.at_end() {
            if self.at_punct(',') {
                self.expected("an argument");
                self.at += 1;
                continue;
            }
            args.extend(self.arg());
            if self.eat_punct(',') {
                continue;
            }
            if !self.at_end() {
                self.expected("`,` or `)`");
                while !self.at_end() && !self.eat_punct(',') {
                    self.skip();
                }
            }
        }
        args
    }

    fn arg(&mut self) -> Option<Arg> {
        let start = self.here();
        if let (TokenKind::Ident(text), TokenKind::Punct('=')) = (self.kind().clone(), self.kind_at(1)) {
            let key = Name { text, span: start };
            self.at += 2;
            let value = self.dims()?;
            return Some(Arg { kind: ArgKind::Keyed(key, value), span: self.since(start) });
        }
        let from = self.dims()?;
        let kind = if self.eat_arrow() { ArgKind::Flow(from, self.dims()?) } else { ArgKind::Plain(from) };
        Some(Arg { kind, span: self.since(start) })
    }
}

/// Numbers.
impl Parser<'_> {
    /// `3x7x7`: sums with `x` or `×` between them.
    fn dims(&mut self) -> Option<Dims> {
        let start = self.here();
        self.operators = 0;
        let mut items = vec![self.sum()];
        while *self.kind() == TokenKind::Cross || self.at_ident("x") {
            self.at += 1;
            items.push(self.sum());
        }
        let failed = items.iter().any(|item| matches!(item.kind, ExprKind::Error));
        (!failed).then(|| Dims { items, span: self.since(start) })
    }

    fn sum(&mut self) -> Expr {
        let mut left = self.product();
        while let TokenKind::Punct(op @ ('+' | '-')) = *self.kind() {
            self.at += 1;
            let right = self.product();
            left = self.binary(op, left, right);
        }
        left
    }

    fn product(&mut self) -> Expr {
        let mut left = self.product_operand();
        while let TokenKind::Punct(op @ ('*' | '/' | '%')) = *self.kind() {
            self.at += 1;
            let right = self.product_operand();
            left = self.binary(op, left, right);
        }
        left
    }

    fn product_operand(&mut self) -> Expr {
        let start = self.here();
        let kind = match self.kind().clone() {
            TokenKind::Int(digits) => {
                self.at += 1;
                match self.decimals() {
                    decimals if decimals.is_empty() => self.int(&digits, start),
                    decimals => ExprKind::Real((digits + &decimals).replace('_', "")),
                }
            }
            TokenKind::Ident(text) => {
                self.at += 1;
                // `p0.5` is one option.
                let fraction =
                    if text.ends_with(|c: char| c.is_ascii_digit()) { self.fraction() } else { String::new() };
                if text == "_" { ExprKind::Hole } else { ExprKind::Name(text + &fraction) }
            }
            TokenKind::Punct('-') => {
                // A chain of signs is read in a loop: recursion is for parentheses, whose depth is limited.
                let mut negative = false;
                while self.eat_punct('-') {
                    negative = !negative;
                }
                let operand = self.product_operand();
                if negative { ExprKind::Neg(Box::new(operand)) } else { operand.kind }
            }
            TokenKind::Open('(', _) => self.delimited(|parser| parser.sum().kind).unwrap_or(ExprKind::Error),
            _ => {
                self.expected("a number");
                ExprKind::Error
            }
        };
        Expr { kind, span: self.since(start) }
    }

    /// What follows a whole number and makes it a decimal one: `.5`, `e-5`, `.5e-5`.
    fn decimals(&mut self) -> String {
        let mut text = self.fraction();
        let TokenKind::Other(suffix) = self.kind().clone() else { return text };
        let Some(exponent) = suffix.strip_prefix(['e', 'E']) else { return text };
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) {
            self.at += 1;
            text.push_str(&suffix);
        } else if let ("", TokenKind::Punct(sign @ ('+' | '-')), TokenKind::Int(digits)) =
            (exponent, self.kind_at(1).clone(), self.kind_at(2).clone())
        {
            // In text the sign parts the exponent from its number.
            self.at += 3;
            text.push_str(&format!("e{sign}{}", digits.replace('_', "")));
        }
        text
    }

    /// `.5`, or nothing.
    fn fraction(&mut self) -> String {
        let (true, TokenKind::Int(digits)) = (self.at_punct('.'), self.kind_at(1).clone()) else {
            return String::new();
        };
        self.at += 2;
        format!(".{}", digits.replace('_', ""))
    }

    fn int(&mut self, digits: &str, span: Span) -> ExprKind {
        match digits.replace('_', "").parse() {
            Ok(value) => ExprKind::Int(value),
            Err(_) => {
                self.cx.error(&codes::TOO_LARGE, span, format!("the number {digits} is too large"));
                ExprKind::Error
            }
        }
    }

    fn binary(&mut self, op: char, left: Expr, right: Expr) -> Expr {
        let span = left.span.to(right.span);
        self.operators += 1;
        if self.operators > MAX_OPERATORS {
            if self.operators == MAX_OPERATORS + 1 {
                self.cx.error(&codes::TOO_DEEP, span, format!("this number has more than {MAX_OPERATORS} operators"));
            }
            return Expr { kind: ExprKind::Error, span };
        }
        Expr { kind: ExprKind::Binary(op, Box::new(left), Box::new(right)), span }
    }
}
