//! The table of a net's layers.

use std::fmt;

use crate::{LayerInfo, Shape};

/// The table of a net's layers with their shapes and costs; `Display` aligns it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary<'a> {
    /// The net's name.
    pub name: &'a str,
    /// What goes in.
    pub input: Shape,
    /// The layers, in the order of the forward pass.
    pub layers: &'a [LayerInfo<'a>],
    /// The memory for intermediate values.
    pub arena_bytes: usize,
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params: usize = self.layers.iter().map(|layer| layer.params).sum();
        let macs: u64 = self.layers.iter().map(|layer| layer.macs).sum();
        let mut rows = vec![
            ["name", "layer", "output", "parameters", "MACs"].map(String::from),
            ["input".into(), String::new(), self.input.to_string(), String::new(), String::new()],
        ];
        rows.extend(self.layers.iter().map(|layer| {
            [
                layer.name.into(),
                layer.layer.into(),
                layer.output.to_string(),
                grouped(layer.params as u64),
                grouped(layer.macs),
            ]
        }));
        rows.push(["total".into(), String::new(), String::new(), grouped(params as u64), grouped(macs)]);

        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let [w0, w1, w2, w3, w4] = [0, 1, 2, 3, 4].map(|column| width(column).unwrap_or(0));
        writeln!(f, "{}", self.name)?;
        for [name, layer, output, params, macs] in &rows {
            let row = format!("{name:w0$}  {layer:w1$}  {output:w2$}  {params:>w3$}  {macs:>w4$}");
            writeln!(f, "{}", row.trim_end())?;
        }
        write!(f, "arena {} bytes", grouped(self.arena_bytes as u64))
    }
}

/// `n` with a comma before every three digits: 8,325.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands() {
        let numbers = [0, 999, 1000, 8325, 1_000_000, u64::MAX];
        assert_eq!(numbers.map(grouped), ["0", "999", "1,000", "8,325", "1,000,000", "18,446,744,073,709,551,615"]);
    }
}
