//! Arithmetic with the parameters of blocks.

use super::{Env, Resolver};
use crate::codes;
use crate::diagnostic::{list, nearest};
use crate::source::Span;
use crate::syntax::*;

impl Resolver<'_> {
    /// A number from 0 up.
    pub(super) fn number(&mut self, expr: &Expr, env: &Env) -> Option<u64> {
        let value = self.value(expr, env)?;
        u64::try_from(value)
            .inspect_err(|_| {
                self.cx.error(&codes::ARITHMETIC, expr.span, format!("this number is negative: {value}"));
            })
            .ok()
    }

    /// Some(None) for `_`; None after an error.
    pub(super) fn value_or_hole(&mut self, expr: &Expr, env: &Env) -> Option<Option<i64>> {
        match expr.kind {
            ExprKind::Hole => Some(None),
            _ => self.value(expr, env).map(Some),
        }
    }

    pub(super) fn value(&mut self, expr: &Expr, env: &Env) -> Option<i64> {
        match &expr.kind {
            ExprKind::Int(value) => Some(*value),
            ExprKind::Real(text) => {
                let message = format!("expected a whole number, found {text}");
                self.cx.error(&codes::UNEXPECTED_ARGUMENT, expr.span, message);
                None
            }
            ExprKind::Error => None,
            ExprKind::Hole => {
                self.cx.error(&codes::SYNTAX, expr.span, "`_` cannot be inferred here").help("write the number");
                None
            }
            ExprKind::Neg(inner) => self.value(inner, env).map(i64::saturating_neg),
            ExprKind::Name(name) => match env.get(name) {
                Some(value) => Some(*value),
                None => {
                    self.unknown_name(name, expr.span, env);
                    None
                }
            },
            ExprKind::Binary(op, left, right) => {
                let (left, right) = (self.value(left, env)?, self.value(right, env)?);
                let result = match op {
                    '+' => left.checked_add(right),
                    '-' => left.checked_sub(right),
                    '*' => left.checked_mul(right),
                    '/' => left.checked_div(right),
                    _ => left.checked_rem(right),
                };
                if result.is_none() {
                    let why = if right == 0 { "divides by zero" } else { "is too large to count" };
                    let message = format!("`{left} {op} {right}` {why}");
                    self.cx.error(&codes::ARITHMETIC, expr.span, message);
                }
                result
            }
        }
    }

    /// A number that need not be whole, as an `f32`.
    pub(super) fn real(&mut self, expr: &Expr, env: &Env) -> Option<f32> {
        let value = self.exact(expr, env)?;
        if !(value as f32).is_finite() {
            self.cx.error(&codes::ARITHMETIC, expr.span, "this number has no value as an `f32`");
            return None;
        }
        Some(value as f32)
    }

    /// Arithmetic where `/` leaves no rest.
    fn exact(&mut self, expr: &Expr, env: &Env) -> Option<f64> {
        Some(match &expr.kind {
            ExprKind::Real(text) => text.parse().ok()?,
            ExprKind::Neg(inner) => -self.exact(inner, env)?,
            ExprKind::Binary(op, left, right) => {
                let (left, right) = (self.exact(left, env)?, self.exact(right, env)?);
                match op {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    '/' => left / right,
                    _ => left % right,
                }
            }
            _ => self.value(expr, env)? as f64,
        })
    }

    fn unknown_name(&mut self, name: &str, span: Span, env: &Env) {
        let mut params: Vec<&str> = env.keys().map(String::as_str).collect();
        params.sort_unstable();
        let help = match (nearest(name, params.iter().copied()), params.is_empty()) {
            (Some(nearest), _) => format!("did you mean `{nearest}`?"),
            (None, _) if name.starts_with(char::is_uppercase) => {
                "the macro cannot see Rust's constants: write the number, or make it a block's parameter".to_owned()
            }
            (None, true) => "only blocks have parameters: `block wide(c) { … }`".to_owned(),
            (None, false) => format!("the block's parameters are {}", list(params)),
        };
        self.cx.error(&codes::UNKNOWN_NAME, span, format!("there is no number called `{name}` here")).help(help);
    }
}
