//! Attributes: those of the language are read, all others pass through to the struct.

use super::Parser;
use super::items::relative;
use crate::codes;
use crate::diagnostic::nearest;
use crate::source::{Span, TokenKind};
use crate::syntax::*;
use crate::weights::{self, Unusable, WeightFile};

impl Parser<'_> {
    /// The attributes and doc comments before a net that pass through, and what the others ask of it.
    pub(super) fn attributes(&mut self) -> (Vec<Span>, Checks) {
        let (mut attributes, mut checks) = (Vec::new(), Checks::default());
        while self.at_punct('#') && matches!(self.kind_at(1), TokenKind::Open('[', _)) {
            let start = self.here();
            self.at += 1;
            let name = match (self.kind_at(1), self.kind_at(2)) {
                (_, TokenKind::Punct(':')) => "",
                (TokenKind::Ident(name), _) => name.as_str(),
                _ => "",
            };
            match name {
                "budget" => drop(self.delimited(|parser| parser.budget(&mut checks.limits))),
                "weights" => drop(self.delimited(|parser| parser.weights(&mut checks.weights))),
                _ => self.pass_through(start, &mut attributes),
            }
        }
        if self.at_punct('#') {
            self.at += 1;
            self.expected("an attribute in brackets");
        }
        (attributes, checks)
    }

    /// An attribute of Rust's.
    fn pass_through(&mut self, start: Span, attributes: &mut Vec<Span>) {
        self.skip();
        let span = self.since(start);
        match self.source.to_rust(span) {
            Ok(_) => attributes.push(span),
            Err(_) => drop(self.cx.error(&codes::SYNTAX, span, "this attribute is not Rust")),
        }
    }

    /// `budget(params <= 10K, arena <= 16K)`.
    fn budget(&mut self, limits: &mut Vec<Limit>) {
        self.at += 1;
        if !self.at_open('(') {
            self.expected("limits in parentheses").help("write `#[budget(params <= 10K)]`");
            self.skip_all();
            return;
        }
        self.delimited(|parser| parser.limits(limits));
    }

    fn limits(&mut self, limits: &mut Vec<Limit>) {
        loop {
            let read = match self.limit() {
                Some(limit) if limits.iter().any(|other| other.figure == limit.figure) => {
                    let message = format!("this budget has a limit for `{}` already", limit.figure.name());
                    self.cx.error(&codes::DUPLICATE_ARGUMENT, limit.span, message).help("write it once");
                    true
                }
                Some(limit) => {
                    limits.push(limit);
                    true
                }
                None => false,
            };
            if read && !self.at_end() && !self.at_punct(',') {
                self.expected("`,` or `)`");
            }
            while !self.at_end() && !self.at_punct(',') {
                self.skip();
            }
            self.eat_punct(',');
            if self.at_end() {
                return;
            }
        }
    }

    /// `params <= 10K`; None after a fault.
    fn limit(&mut self) -> Option<Limit> {
        let start = self.here();
        let names = Figure::ALL.map(Figure::name);
        let TokenKind::Ident(word) = self.kind().clone() else {
            self.expected("`params`, `macs` or `arena`").help("write `params <= 10K`");
            return None;
        };
        let Some(figure) = Figure::ALL.into_iter().find(|figure| figure.name() == word) else {
            let help = match nearest(&word, names) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "a budget limits `params`, `macs` and `arena`".to_owned(),
            };
            let message = format!("`budget` has no limit for `{word}`");
            self.cx.error(&codes::UNKNOWN_ARGUMENT, start, message).help(help);
            return None;
        };
        self.at += 1;
        if !(self.at_punct('<') && *self.kind_at(1) == TokenKind::Punct('=')) {
            self.expected("`<=` and a number").help(format!("write `{word} <= 10K`"));
            return None;
        }
        self.at += 2;
        let most = self.amount(figure.kilo())?;
        Some(Limit { figure, most, span: self.since(start) })
    }

    /// `3_000`, `16K`, `1.8G`; None after a fault.
    fn amount(&mut self, kilo: u128) -> Option<u64> {
        let start = self.here();
        let TokenKind::Int(whole) = self.kind().clone() else {
            self.expected("a number").help("write `10_000` or `10K`");
            return None;
        };
        self.at += 1;
        let digits = whole + &self.fraction();
        let unit = match self.kind().clone() {
            TokenKind::Other(suffix) => {
                let power = ["K", "M", "G"].iter().position(|unit| *unit == suffix);
                let Some(power) = power else {
                    self.expected("`K`, `M` or `G` behind a number").help("write `10_000` or `10K`");
                    return None;
                };
                self.at += 1;
                kilo.pow(power as u32 + 1)
            }
            _ => 1,
        };
        match product(&digits, unit) {
            Some(Ok(amount)) => Some(amount),
            Some(Err(())) => {
                let span = self.since(start);
                self.cx
                    .error(&codes::SYNTAX, span, "a limit is a whole number")
                    .help("write `10_000`, `10K` or `1.8G`");
                None
            }
            None => {
                let span = self.since(start);
                self.cx.error(&codes::TOO_LARGE, span, "this number is too large");
                None
            }
        }
    }

    /// `weights("net.safetensors", embed)`.
    fn weights(&mut self, weights: &mut Option<Weights>) {
        const EXAMPLE: &str = "write `#[weights(\"net.safetensors\")]`";
        let name = self.here();
        self.at += 1;
        if !self.at_open('(') {
            self.expected("a path in parentheses").help(EXAMPLE);
            self.skip_all();
        } else if weights.is_some() {
            self.cx.error(&codes::DUPLICATE_ARGUMENT, name, "this net has weights already");
            self.skip();
        } else if !matches!(self.kind_at(1), TokenKind::Str(_)) {
            self.delimited(|parser| {
                parser.expected("a path in quotes").help(EXAMPLE);
                parser.skip_all();
            });
        } else {
            self.delimited(|parser| *weights = Some(parser.weight_file()));
        }
    }

    /// `"net.safetensors", embed`.
    fn weight_file(&mut self) -> Weights {
        let span = self.here();
        let TokenKind::Str(path) = self.kind().clone() else { unreachable!("the caller saw a string") };
        self.at += 1;
        let file = match self.read_weights(&path) {
            Ok(file) => Some(file),
            Err(Unusable { why, unread }) => {
                let in_rust = self.including.last().is_some_and(String::is_empty);
                let fault = self.cx.error(&codes::WEIGHTS, span, format!("cannot use the weights \"{path}\": {why}"));
                if unread && in_rust {
                    fault.help("paths start at the folder of the crate's Cargo.toml");
                }
                None
            }
        };
        Weights { path, span, embed: self.embed(), file }
    }

    /// `, embed`, or nothing; a misspelled word is meant as `embed`.
    fn embed(&mut self) -> bool {
        let mut embed = false;
        while self.eat_punct(',') && !self.at_end() {
            let span = self.here();
            match self.kind().clone() {
                TokenKind::Ident(word) if word == "embed" && embed => {
                    self.cx.error(&codes::DUPLICATE_ARGUMENT, span, "`embed` is written already");
                }
                TokenKind::Ident(word) if word == "embed" => embed = true,
                TokenKind::Ident(word) => {
                    embed = true;
                    self.cx
                        .error(&codes::UNKNOWN_ARGUMENT, span, format!("`weights` has no argument `{word}`"))
                        .help("behind the path it takes `embed` alone, which puts the parameters into the program");
                }
                _ => drop(self.expected("`embed`")),
            }
            self.skip();
        }
        embed
    }

    fn read_weights(&mut self, path: &str) -> Result<WeightFile, Unusable> {
        let from = self.including.last().map_or("", String::as_str);
        let path = relative(path, from).map_err(str::to_owned)?;
        weights::read(&path, self.loader)
    }

    /// All tokens up to the delimiter that closes around them.
    fn skip_all(&mut self) {
        while !self.at_end() {
            self.skip();
        }
    }
}

/// `digits` times `unit`: `Err` if it is not whole, None if it is too large.
fn product(digits: &str, unit: u128) -> Option<Result<u64, ()>> {
    let digits = digits.replace('_', "");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let all: u128 = format!("{whole}{fraction}").parse().ok()?;
    let parts = 10u128.checked_pow(fraction.len() as u32)?;
    let amount = all.checked_mul(unit)?;
    if amount % parts != 0 {
        return Some(Err(()));
    }
    u64::try_from(amount / parts).ok().map(Ok)
}
