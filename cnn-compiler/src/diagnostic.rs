//! What is wrong, in the order in which a reader needs it: the fault, the numbers, the mend.

use crate::codes::Code;
use crate::source::Span;

/// No one reads more faults than this at once.
const MAX_FAULTS: usize = 64;

/// One fault.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The kind of fault.
    pub code: &'static Code,
    /// The tokens at fault.
    pub span: Span,
    /// What is wrong, with what was found and what was expected: one line, lowercase, no full stop.
    pub message: String,
    /// The shapes that led here, a line each.
    pub trail: Vec<String>,
    /// Facts that explain the fault.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Option<String>,
    /// Other faults of its kind at the same tokens, with other messages, are no repetitions of it.
    pub each: bool,
}

impl Diagnostic {
    /// Adds a fact.
    pub fn note(&mut self, note: impl Into<String>) -> &mut Self {
        self.notes.push(note.into());
        self
    }

    /// Keeps other faults of its kind at the same tokens, with other messages.
    pub fn each(&mut self) -> &mut Self {
        self.each = true;
        self
    }

    /// Says how to mend the fault.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Message, trail, notes, help and code, as both renderers print them below `error: `.
    pub fn text(&self) -> String {
        let mut text = self.message.clone();
        for line in &self.trail {
            text.push_str("\n  ");
            text.push_str(line);
        }
        let help = self.help.iter().map(|help| format!("help: {help}"));
        let notes = self.notes.iter().map(|note| format!("note: {note}"));
        let code = format!("note: `{}` in the error index, `cnn::errors`", self.code.name);
        for line in notes.chain(help).chain([code]) {
            text.push_str("\n  = ");
            text.push_str(&line);
        }
        text
    }
}

/// Collects the faults of one compilation.
#[derive(Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Reports a fault; notes and help can be added to what this returns.
    pub fn error(&mut self, code: &'static Code, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.0.push(Diagnostic {
            code,
            span,
            message: message.into(),
            trail: Vec::new(),
            notes: Vec::new(),
            help: None,
            each: false,
        });
        self.0.last_mut().expect("one was pushed")
    }

    /// How many faults there are so far.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no fault so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first faults in the order of the source, each one once: a block used twice is wrong once.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.0.sort_by_key(|fault| fault.span);
        let mut seen = std::collections::HashSet::new();
        self.0.retain(|fault| {
            let message = fault.each.then(|| fault.message.clone());
            seen.insert((fault.code.name, fault.span, message))
        });
        let more = self.0.len().saturating_sub(MAX_FAULTS);
        self.0.truncate(MAX_FAULTS);
        if let Some(last) = self.0.last_mut().filter(|_| more > 0) {
            last.note(format!("{more} more faults are not shown"));
        }
        self.0
    }
}

/// `word` and the nearest of `candidates`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = word.chars().count().max(3) / 3;
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(&word.to_lowercase(), candidate), candidate))
        .filter(|&(distance, candidate)| distance <= limit && distance < candidate.len())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, substitutions and swaps of neighbours (Damerau 1964) that lead from `a` to `b`.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substitution = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitution.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// `a`, `a and b`, `a, b and c`, each in backticks.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// `1 value`, `2 values`.
pub(crate) fn count(n: u64, noun: &str) -> String {
    if n == 1 { format!("{n} {noun}") } else { format!("{n} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_typos_and_nothing_else() {
        let layers = ["conv", "relu", "maxpool", "avgpool", "fc"];
        assert_eq!(nearest("cnov", layers), Some("conv"));
        assert_eq!(nearest("ReLU", layers), Some("relu"));
        assert_eq!(nearest("maxpol", layers), Some("maxpool"));
        assert_eq!(nearest("transformer", layers), None);
        assert_eq!(nearest("q", layers), None);
    }
}
