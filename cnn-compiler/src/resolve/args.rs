//! Arguments of layers, checked against what their kind takes.

use super::{Env, Resolver};
use crate::codes;
use crate::diagnostic::nearest;
use crate::graph::{Args, Dim};
use crate::layers::{Form, Kind, Opt, Positional};
use crate::source::Span;
use crate::syntax::*;

impl Resolver<'_> {
    pub(super) fn layer_args(&mut self, kind: &'static Kind, call: &Call, env: &Env) -> Args {
        let faults = self.cx.len();
        let (sizes, options, reals) = Default::default();
        let mut args = Args { flow: None, sizes, options, reals, span: call.span, faulty: call.faulty };
        // Of arguments that could not all be read, the others are taken without a word.
        let reported = call.faulty.then(|| std::mem::take(self.cx));
        if !self.bare_numbers(kind, call, &mut args) {
            for arg in &call.args {
                self.layer_arg(kind, arg, env, &mut args);
            }
        }
        self.missing_args(kind, call, &mut args);
        match reported {
            Some(reported) => *self.cx = reported,
            None => args.faulty |= self.cx.len() > faults,
        }
        args
    }

    /// `conv(3, 9, 3)` and `fc(10)`: one fault, whatever the numbers are.
    fn bare_numbers(&mut self, kind: &Kind, call: &Call, args: &mut Args) -> bool {
        let Positional::Flow(unit) = kind.positional else { return false };
        let number = |arg: &Arg| match &arg.kind {
            ArgKind::Plain(Dims { items, .. }) => match items[..] {
                [Expr { kind: ExprKind::Int(n), .. }] => Some(n),
                _ => None,
            },
            _ => None,
        };
        let numbers: Vec<i64> = call.args.iter().map_while(number).collect();
        let flow = match numbers[..] {
            [] => return false,
            [out] => format!("_ -> {out}"),
            [from, out, ..] => format!("{from} -> {out}"),
        };
        let required = kind.options.iter().filter(|opt| opt.required);
        let options = required.enumerate().map(|(at, opt)| match numbers.get(2 + at) {
            Some(n) => format!(", {}{n}", opt.short),
            None => format!(", {}", opt.example()),
        });
        let mended = format!("{}({flow}{})", kind.name, options.collect::<String>());
        let span = call.args[0].span.to(call.args[numbers.len() - 1].span);
        args.faulty = true;
        self.cx
            .error(&codes::UNEXPECTED_ARGUMENT, span, format!("`{}` takes its {unit} as `in -> out`", kind.name))
            .help(format!("write `{mended}`"));
        true
    }

    fn layer_arg(&mut self, kind: &'static Kind, arg: &Arg, env: &Env, args: &mut Args) {
        match &arg.kind {
            ArgKind::Flow(from, to) => self.flow(kind, arg.span, [from, to], env, args),
            ArgKind::Keyed(key, value) => {
                let found = kind.options.iter().find(|opt| key.text == opt.name || key.text == opt.short);
                match found {
                    Some(opt) => self.option(kind, opt, arg.span, &value.items, env, args),
                    None => self.unknown_argument(kind, &key.text, arg.span, env, args),
                }
            }
            ArgKind::Plain(dims) => self.plain(kind, arg.span, dims, env, args),
        }
    }

    /// `k3`, `nobias`, a size of `view`, or a number where none belongs.
    fn plain(&mut self, kind: &'static Kind, span: Span, dims: &Dims, env: &Env, args: &mut Args) {
        if let Some(word) = leading_name(dims)
            && let Some((opt, numbers)) = split_option(kind, word)
        {
            let written = numbers.into_iter().map(|kind| Expr { kind, span: dims.items[0].span });
            let items: Vec<Expr> = written.chain(dims.items[1..].iter().cloned()).collect();
            self.option(kind, opt, span, &items, env, args);
        } else if matches!(kind.positional, Positional::Sizes(_)) && dims.items.len() == 1 {
            let value = self.value_or_hole(&dims.items[0], env);
            args.faulty |= value.is_none();
            args.sizes.push((value.flatten(), span));
        } else if let Some(word) = leading_name(dims).filter(|word| !env.contains_key(*word)) {
            self.unknown_argument(kind, word, span, env, args);
        } else {
            args.faulty = true;
            self.nameless_number(kind, span, dims);
        }
    }

    fn nameless_number(&mut self, kind: &Kind, span: Span, dims: &Dims) {
        let message = match kind.options {
            [] => format!("`{}` takes no arguments", kind.name),
            _ => format!("`{}` takes no number without a name", kind.name),
        };
        let likely = kind.options.iter().find(|opt| opt.required).or(kind.options.first());
        let help = match (&dims.items[..], likely) {
            ([Expr { kind: ExprKind::Int(n), .. }], Some(opt)) if !matches!(opt.form, Form::Flag | Form::Real) => {
                format!("did you mean `{}{n}`?", opt.short)
            }
            _ => forms(kind),
        };
        self.cx.error(&codes::UNEXPECTED_ARGUMENT, span, message).help(help);
    }

    fn flow(&mut self, kind: &'static Kind, span: Span, sides: [&Dims; 2], env: &Env, args: &mut Args) {
        let Positional::Flow(unit) = kind.positional else {
            self.cx
                .error(&codes::UNEXPECTED_ARGUMENT, span, format!("`{}` takes no `in -> out`", kind.name))
                .help(forms(kind));
            return;
        };
        if args.flow.is_some() {
            self.cx.error(&codes::DUPLICATE_ARGUMENT, span, format!("`in -> out` {unit} are given twice"));
            return;
        }
        let flow = sides.map(|side| match &side.items[..] {
            [item] => (self.size_or_hole(item, env, &mut args.faulty), side.span),
            _ => {
                let message = format!("`{}` counts {unit}: one number on each side of `->`", kind.name);
                self.cx.error(&codes::UNEXPECTED_ARGUMENT, side.span, message).help(forms(kind));
                (None, side.span)
            }
        });
        if matches!(sides[1].items[..], [Expr { kind: ExprKind::Hole, .. }]) {
            self.cx
                .error(
                    &codes::MISSING_ARGUMENT,
                    sides[1].span,
                    format!("the number of output {unit} cannot be inferred"),
                )
                .help("`_` stands for what arrives, on the left of `->`");
        }
        args.flow = Some(flow);
    }

    fn size_or_hole(&mut self, expr: &Expr, env: &Env, faulty: &mut bool) -> Dim {
        if matches!(expr.kind, ExprKind::Hole) {
            return None;
        }
        let size = self.size(expr, env);
        *faulty |= size.is_none();
        size
    }

    fn option(&mut self, kind: &Kind, opt: &'static Opt, span: Span, items: &[Expr], env: &Env, args: &mut Args) {
        let given = match (args.option(opt.name), args.real(opt.name)) {
            (Some((value, _)), _) => Some(crate::layers::pair(opt.short, value)),
            (None, Some((value, _))) => Some(format!("{} = {value}", opt.short)),
            (None, None) => None,
        };
        if let Some(given) = given {
            let message = match opt.form {
                Form::Flag => format!("`{}` is written twice", opt.name),
                _ => format!("`{}` has a {} already: `{given}`", kind.name, opt.name),
            };
            self.cx.error(&codes::DUPLICATE_ARGUMENT, span, message).help("leave one of the two out");
            return;
        }
        if !self.check_count(opt, span, items.len()) {
            args.faulty = true;
            return;
        }
        if opt.form == Form::Real {
            let value = self.real(&items[0], env);
            args.faulty |= value.is_none();
            args.reals.extend(value.map(|value| (opt, value, span)));
            return;
        }
        if let Some(Expr { kind: ExprKind::Real(text), span }) =
            items.iter().find(|item| matches!(item.kind, ExprKind::Real(_)))
        {
            args.faulty = true;
            let message = format!("`{}` takes a whole number, not {text}", opt.short);
            self.cx.error(&codes::UNEXPECTED_ARGUMENT, *span, message).help(format!("write `{}`", opt.example()));
            return;
        }
        let values: Vec<u64> = items.iter().filter_map(|item| self.number(item, env)).collect();
        if values.len() < items.len() {
            args.faulty = true;
        }
        if values.iter().any(|&value| value < opt.min) {
            let message = format!("`{}` of `{}` is at least {}, not 0", opt.name, kind.name, opt.min);
            self.cx.error(&codes::ZERO, span, message);
        }
        let first = values.first().copied().unwrap_or(opt.min).max(opt.min);
        let second = values.get(1).copied().unwrap_or(first).max(opt.min);
        args.options.push((opt, [first, second], span));
    }

    /// Whether an option has as many numbers as it takes.
    fn check_count(&mut self, opt: &Opt, span: Span, given: usize) -> bool {
        let (message, help) = match (opt.form, given) {
            (Form::Flag, 0) | (Form::Number | Form::Real, 1) | (Form::Pair, 1 | 2) => return true,
            (Form::Flag, _) => (format!("`{}` takes no value", opt.name), format!("write `{}`", opt.name)),
            (_, 0) => (
                format!("{} needs a number", names(opt)),
                match opt.form {
                    Form::Real => format!("write `{}`", opt.example()),
                    _ => format!("write `{}`, or `{} = …`", opt.example(), opt.short),
                },
            ),
            (Form::Number | Form::Real, _) => {
                (format!("`{}` takes one number, not {given}", opt.name), format!("write `{}`", opt.example()))
            }
            (Form::Pair, _) => (
                format!("`{}` takes a height and a width, not {given} numbers", opt.name),
                format!("write `{0}` or `{0}x5`", opt.example()),
            ),
        };
        self.cx.error(&codes::UNEXPECTED_ARGUMENT, span, message).help(help);
        false
    }

    fn unknown_argument(&mut self, kind: &Kind, word: &str, span: Span, env: &Env, args: &mut Args) {
        args.faulty = true;
        let message = match (kind.options, kind.positional) {
            ([], Positional::None) => format!("`{}` takes no arguments", kind.name),
            _ => format!("`{}` has no argument `{word}`", kind.name),
        };
        let help = match meant(kind, word) {
            Some(meant) => format!("did you mean {meant}?"),
            None if env.contains_key(word) => format!("a block's parameter is handed on as `s = {word}`"),
            None => forms(kind),
        };
        let code = if kind.options.is_empty() { &codes::UNEXPECTED_ARGUMENT } else { &codes::UNKNOWN_ARGUMENT };
        self.cx.error(code, span, message).help(help);
    }

    fn missing_args(&mut self, kind: &Kind, call: &Call, args: &mut Args) {
        if args.faulty {
            return;
        }
        if let (Positional::Flow(unit), None) = (kind.positional, &args.flow) {
            self.cx
                .error(&codes::MISSING_ARGUMENT, call.span, format!("`{}` needs its {unit}: `in -> out`", kind.name))
                .help(forms(kind));
        }
        for opt in kind.options.iter().filter(|opt| opt.required) {
            if !args.options.iter().any(|(given, ..)| given.name == opt.name) {
                let article = match opt.name {
                    name if name.ends_with('s') => "",
                    name if name.starts_with(['a', 'e', 'i', 'o', 'u']) => "an ",
                    _ => "a ",
                };
                let message = format!("`{}` needs {article}{}", kind.name, opt.name);
                self.cx.error(&codes::MISSING_ARGUMENT, call.span, message).help(forms(kind));
            }
        }
    }
}

/// How a layer is written, for help.
fn forms(kind: &Kind) -> String {
    let mut required = Vec::new();
    match kind.positional {
        Positional::None => {}
        Positional::Flow(_) => required.push("in -> out".to_owned()),
        Positional::Sizes(example) => required.push(example.to_owned()),
    }
    required.extend(kind.options.iter().filter(|opt| opt.required).map(Opt::example));
    let optional: Vec<String> = kind
        .options
        .iter()
        .filter(|opt| !opt.required)
        .map(|opt| match opt.form {
            Form::Flag => opt.name.to_owned(),
            _ => names(opt).replace('`', ""),
        })
        .collect();
    let call =
        if required.is_empty() { kind.name.to_owned() } else { format!("{}({})", kind.name, required.join(", ")) };
    match optional.is_empty() {
        true => format!("write `{call}`"),
        false => format!("write `{call}`; it also takes {}", optional.join(", ")),
    }
}

/// The option that an unknown word most likely means, as it is written: PyTorch's name, a beginning or a typo.
fn meant(kind: &Kind, word: &str) -> Option<String> {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == 'x');
    let number = &word[letters.len()..];
    let pytorch = match letters {
        "kernel_size" | "pool_size" | "size" => "kernel",
        "bias" => "nobias",
        "ceil_mode" => "ceil",
        "count_include_pad" => "exclude_pad",
        other => other,
    };
    let named = |name: &str| kind.options.iter().find(|opt| opt.name == name);
    let begins = || kind.options.iter().find(|opt| letters.len() > 1 && opt.name.starts_with(letters));
    let near = || nearest(letters, kind.options.iter().map(|opt| opt.name)).and_then(named);
    let opt = named(pytorch).or_else(begins).or_else(near)?;
    Some(match opt.form {
        Form::Flag => format!("`{}`", opt.name),
        _ if number.is_empty() => format!("`{}` or `{} = …`", opt.example(), opt.name),
        _ => format!("`{}{number}` ({})", opt.short, opt.name),
    })
}

/// "`k` (kernel)", or the name alone where nothing shorter stands for it.
fn names(opt: &Opt) -> String {
    if opt.short == opt.name { format!("`{}`", opt.name) } else { format!("`{}` ({})", opt.short, opt.name) }
}

fn leading_name(dims: &Dims) -> Option<&str> {
    match &dims.items[0].kind {
        ExprKind::Name(word) => Some(word),
        _ => None,
    }
}

/// `k3x5` as the option `kernel` and the numbers 3 and 5; `nobias` as itself.
fn split_option(kind: &Kind, word: &str) -> Option<(&'static Opt, Vec<ExprKind>)> {
    if let Some(opt) = kind.options.iter().find(|opt| opt.name == word || opt.short == word) {
        return Some((opt, Vec::new()));
    }
    let digits = word.find(|c: char| c.is_ascii_digit())?;
    let (letters, numbers) = word.split_at(digits);
    let opt = kind.options.iter().find(|opt| !opt.short.is_empty() && (opt.short == letters || opt.name == letters))?;
    let number = |number: &str| match number.contains('.') {
        true => number.parse::<f64>().ok().map(|_| ExprKind::Real(number.to_owned())),
        false => number.parse().ok().map(ExprKind::Int),
    };
    Some((opt, numbers.split('x').map(number).collect::<Option<_>>()?))
}
