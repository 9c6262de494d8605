//! Nets, blocks and included files.

use super::Parser;
use crate::codes;
use crate::layers;
use crate::source::{Span, TextFile, TokenKind};
use crate::syntax::*;

/// Files may include files this deep.
const MAX_INCLUDE_DEPTH: usize = 16;

/// A compilation reads at most this many files.
const MAX_FILES: usize = 256;

/// `path` from where `from` is known, the file that includes it.
/// Absolute paths are refused: they hold on one machine only.
pub(super) fn relative(path: &str, from: &str) -> Result<String, &'static str> {
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

impl Parser<'_> {
    pub(super) fn items(&mut self, file: &mut File) {
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
                let (_, checks) = self.attributes();
                self.no_checks_of_blocks(&checks);
                let block = self.block();
                file.blocks.push(block);
            } else if self.eat_punct(';') {
            } else if self.at_net_header() {
                let net = self.net();
                file.nets.extend(net);
            } else if self.at_punct('|') {
                self.expected("a layer").help("branches stand between the braces of `concat` or `split`");
                self.at += 1;
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

    pub(super) fn nameless_stands_alone(&mut self, file: &File) {
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
        let (attributes, checks) = self.attributes();
        let visibility = self.visibility();
        let mut nameless_by_fault = false;
        let name = match self.kind().clone() {
            TokenKind::Ident(text) => {
                let span = self.here();
                self.at += 1;
                Some(Name { text, span })
            }
            _ if self.here() == start => None,
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
        (!nameless_by_fault).then_some(Net { attributes, checks, visibility, name, input, output, body, span, faulty })
    }

    fn visibility(&mut self) -> Option<Span> {
        if !self.at_ident("pub") {
            return None;
        }
        let start = self.here();
        self.at += 1;
        let TokenKind::Open('(', close) = *self.kind() else { return Some(start) };
        let words: Vec<&TokenKind> = (1..close as usize - self.at).map(|ahead| self.kind_at(ahead)).collect();
        let is_path = |kind: &&TokenKind| matches!(kind, TokenKind::Ident(_) | TokenKind::Punct(':'));
        match &words[..] {
            [TokenKind::Ident(word)] if matches!(word.as_str(), "crate" | "self" | "super") => {}
            [TokenKind::Ident(word), path @ ..] if word == "in" && path.iter().all(is_path) => {}
            // `pub (3x7x7) { … }` lacks its name.
            [TokenKind::Int(_), ..] | [] => return Some(start),
            _ => {
                let what = "`crate`, `self`, `super` or `in` and a path";
                self.at += 1;
                self.expected(what).help("write `pub(crate)`, or `pub` alone");
                self.at = close as usize + 1;
                return Some(start);
            }
        }
        self.skip();
        Some(self.since(start))
    }

    /// `conv(3 -> 9, k3) relu; …` with nothing before it.
    fn nameless(&mut self) -> Net {
        let (span, faults) = (self.here(), self.cx.len());
        let body = self.body(true);
        let faulty = self.cx.len() > faults;
        let (attributes, checks, visibility, name, input, output) = Default::default();
        Net { attributes, checks, visibility, name, input, output, body, span, faulty }
    }

    /// A block is checked where a net uses it.
    fn no_checks_of_blocks(&mut self, checks: &Checks) {
        let spans = checks.limits.iter().map(|limit| (limit.span, "budget", "no budget"));
        let weights = checks.weights.iter().map(|weights| (weights.span, "weights", "no weights of its own"));
        for (span, name, what) in spans.chain(weights) {
            self.cx
                .error(&codes::SYNTAX, span, format!("a block has {what}"))
                .help(format!("write `#[{name}(…)]` before a net that uses it"));
        }
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
