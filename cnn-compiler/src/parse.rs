//! Tokens to [`File`]. Never fails: what cannot be understood is reported and passed over.

use crate::codes;
use crate::diagnostic::Diagnostics;
use crate::layers;
use crate::source::{Source, Span, TextFile, TokenKind};
use crate::syntax::*;

/// Groups and parentheses may nest this deep.
const MAX_DEPTH: usize = 64;

/// A number may have this many operators, so that no later stage recurses deep.
const MAX_OPERATORS: usize = 256;

/// Files may include files this deep.
const MAX_INCLUDE_DEPTH: usize = 16;

/// A compilation reads at most this many files.
const MAX_FILES: usize = 256;

/// Where an included file's text comes from; the compiler itself does no IO.
pub trait Loader {
    /// The text of the file at `path`: from the crate's root for Rust source, from the current folder for a `.cnn` file
    /// that is compiled by itself.
    fn load(&mut self, path: &str) -> Result<String, String>;
}

/// `path` from where `from` is known, the file that includes it.
/// Absolute paths are refused: they hold on one machine only.
fn relative(path: &str, from: &str) -> Result<String, &'static str> {
    if path.starts_with(['/', '\\']) || path.contains(':') {
        return Err("the path is absolute, and would hold on this machine only");
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Ok(if from.starts_with('/') { format!("/{}", parts.join("/")) } else { parts.join("/") })
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

/// Items.
impl Parser<'_> {
    fn items(&mut self, file: &mut File) {
        while *self.kind() != TokenKind::End {
            if self.at_ident("include") && matches!(self.kind_at(1), TokenKind::Str(_)) {
                self.include(file);
            } else if self.at_ident("include") {
                self.at += 1;
                self.expected("a path in quotes").help("write `include \"nets/lenet5.cnn\"`");
                while !(self.at_end() || self.at_punct(';') || self.at_ident("pub")) {
                    self.skip();
                }
            } else if self.at_block() {
                self.attributes();
                let block = self.block();
                file.blocks.push(block);
            } else if self.eat_punct(';') {
            } else if self.at_net_header() {
                let net = self.net();
                file.nets.extend(net);
            } else if matches!(self.kind(), TokenKind::Close(_)) {
                self.at += 1;
            } else {
                let net = self.nameless();
                file.nets.push(net);
            }
        }
    }

    /// Whether `block name` follows, behind comments that document it.
    fn at_block(&self) -> bool {
        let mut ahead = 0;
        while let (TokenKind::Punct('#'), TokenKind::Open('[', close)) = (self.kind_at(ahead), self.kind_at(ahead + 1))
        {
            ahead = *close as usize + 1 - self.at;
        }
        matches!((self.kind_at(ahead), self.kind_at(ahead + 1)), (TokenKind::Ident(word), TokenKind::Ident(_)) if word == "block")
    }

    fn nameless_stands_alone(&mut self, file: &File) {
        if file.nets.len() > 1 {
            for net in file.nets.iter().filter(|net| net.name.is_none()) {
                self.cx
                    .error(&codes::SYNTAX, net.span, "a net without a name stands alone, and others stand beside it")
                    .help("give it a name: `pub MyNet { … }`");
            }
        }
    }

    fn include(&mut self, file: &mut File) {
        self.at += 1;
        let span = self.here();
        let TokenKind::Str(path) = self.kind().clone() else { return };
        self.at += 1;
        self.eat_punct(';');
        match self.load(&path) {
            Err(why) => {
                let in_rust = self.including.last().is_some_and(String::is_empty);
                let fault = self.cx.error(&codes::INCLUDE, span, format!("cannot include \"{path}\": {why}"));
                if in_rust {
                    fault.help("paths start at the folder of the crate's Cargo.toml");
                }
            }
            Ok((path, text)) => {
                let text_file = TextFile { path: path.clone(), text, included_at: Some(span) };
                let (first, errors) = self.source.add_text(text_file);
                for error in errors {
                    self.cx.error(&codes::SYNTAX, error.span, error.message);
                }
                let back = std::mem::replace(&mut self.at, first);
                self.including.push(path);
                self.items(file);
                self.including.pop();
                self.at = back;
            }
        }
    }

    /// The path and the text of a file that the current one includes.
    fn load(&mut self, path: &str) -> Result<(String, String), String> {
        let from = self.including.last().map_or("", String::as_str);
        let path = relative(path, from)?;
        if self.including.contains(&path) {
            return Err("the file includes itself".into());
        }
        if self.including.len() > MAX_INCLUDE_DEPTH {
            return Err(format!("files include files more than {MAX_INCLUDE_DEPTH} deep"));
        }
        if self.source.files.len() > MAX_FILES {
            return Err(format!("more than {MAX_FILES} files are included"));
        }
        let text = self.loader.load(&path)?;
        Ok((path, text))
    }

    /// Whether a net with a header follows, rather than the layers of a nameless one.
    fn at_net_header(&self) -> bool {
        if self.at_punct('#') || self.at_ident("pub") || self.at_open('(') {
            return true;
        }
        let TokenKind::Ident(name) = self.kind() else { return false };
        if layers::find(name).is_some() {
            return false;
        }
        let mut ahead = 1;
        if let TokenKind::Open('(', close) = self.kind_at(1) {
            ahead = *close as usize + 1 - self.at;
        }
        match self.kind_at(ahead) {
            TokenKind::Open('{', _) => true,
            TokenKind::Arrow => true,
            // Half-typed: a type's name, not yet a body.
            TokenKind::End => name.starts_with(char::is_uppercase),
            _ => false,
        }
    }

    /// None after a fault that leaves the net without its name.
    fn net(&mut self) -> Option<Net> {
        let (start, faults) = (self.here(), self.cx.len());
        let attributes = self.attributes();
        let visibility = self.visibility();
        let mut nameless_by_fault = false;
        let name = match self.kind().clone() {
            TokenKind::Ident(text) => {
                let span = self.here();
                self.at += 1;
                Some(Name { text, span })
            }
            _ if attributes.is_empty() && visibility.is_none() => None,
            _ => {
                self.expected("the name of a net").help("a net reads `pub MyNet(3x32x32) -> 10 { … }`");
                nameless_by_fault = true;
                None
            }
        };
        let input = self.at_open('(').then(|| {
            let span = self.here();
            let dims = self.delimited(Self::dims).flatten();
            dims.unwrap_or(Dims { items: Vec::new(), span })
        });
        let output = self.eat_arrow().then(|| {
            let span = self.here();
            self.dims().unwrap_or(Dims { items: Vec::new(), span })
        });
        let span = name.as_ref().map_or(self.since(start), |name| name.span);
        if nameless_by_fault && !self.at_open('{') {
            self.skip();
            return None;
        }
        let body = self.body_in_braces("the layers of the net: `{ … }`");
        let faulty = self.cx.len() > faults;
        (!nameless_by_fault).then_some(Net { attributes, visibility, name, input, output, body, span, faulty })
    }

    fn attributes(&mut self) -> Vec<Span> {
        let mut attributes = Vec::new();
        while self.at_punct('#') && matches!(self.kind_at(1), TokenKind::Open('[', _)) {
            let start = self.here();
            self.at += 1;
            self.skip();
            let span = self.since(start);
            match self.source.to_rust(span) {
                Ok(_) => attributes.push(span),
                Err(_) => drop(self.cx.error(&codes::SYNTAX, span, "this attribute is not Rust")),
            }
        }
        if self.at_punct('#') {
            self.at += 1;
            self.expected("an attribute in brackets");
        }
        attributes
    }

    fn visibility(&mut self) -> Option<Span> {
        if !self.at_ident("pub") {
            return None;
        }
        let start = self.here();
        self.at += 1;
        if self.at_open('(') && matches!(self.kind_at(1), TokenKind::Ident(_)) {
            self.skip();
        }
        Some(self.since(start))
    }

    /// `conv(3 -> 9, k3) relu; …` with nothing before it.
    fn nameless(&mut self) -> Net {
        let (span, faults) = (self.here(), self.cx.len());
        let body = self.body(true);
        let faulty = self.cx.len() > faults;
        let (attributes, visibility, name, input, output) = Default::default();
        Net { attributes, visibility, name, input, output, body, span, faulty }
    }

    fn block(&mut self) -> Block {
        self.at += 1;
        let TokenKind::Ident(text) = self.kind().clone() else { unreachable!("the caller saw a name") };
        let name = Name { text, span: self.here() };
        self.at += 1;
        let params = self.delimited_if('(', Self::block_params).unwrap_or_default();
        let body = self.body_in_braces("the layers of the block: `{ … }`");
        Block { name, params, body }
    }

    fn delimited_if<T>(&mut self, mark: char, inside: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.at_open(mark) { self.delimited(inside) } else { None }
    }

    fn block_params(&mut self) -> Vec<Name> {
        let mut params: Vec<Name> = Vec::new();
        while let TokenKind::Ident(text) = self.kind().clone() {
            let name = Name { text, span: self.here() };
            self.at += 1;
            if name.text == "x" || name.text == "_" {
                self.cx
                    .error(&codes::SYNTAX, name.span, format!("`{}` cannot name a parameter", name.text))
                    .note("`x` stands between sizes, `_` for a size to be inferred");
            } else if params.iter().any(|param| param.text == name.text) {
                self.cx.error(
                    &codes::DUPLICATE_NAME,
                    name.span,
                    format!("this block has a parameter `{}` already", name.text),
                );
            } else {
                params.push(name);
            }
            if !self.eat_punct(',') {
                break;
            }
        }
        params
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

    /// Layers up to the end, or, in a nameless net, up to what cannot be a layer of it.
    fn body(&mut self, nameless: bool) -> Vec<Node> {
        let mut nodes = Vec::new();
        while !self.at_end() {
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

    /// `conv1:`, `layer1.0.conv1:`, `0:`; None, and nothing read, where no `:` follows.
    fn label(&mut self) -> Option<Name> {
        let mut text = String::new();
        let mut ahead = 0;
        loop {
            match self.kind_at(ahead) {
                TokenKind::Ident(part) | TokenKind::Int(part) => text.push_str(part),
                _ => return None,
            }
            match self.kind_at(ahead + 1) {
                TokenKind::Punct('.') => text.push('.'),
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
        Call { span: self.since(name.span), name, args, faulty: self.cx.len() > faults }
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
                self.int(&digits, start)
            }
            TokenKind::Ident(text) => {
                self.at += 1;
                if text == "_" { ExprKind::Hole } else { ExprKind::Name(text) }
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
