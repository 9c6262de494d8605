//! A plan for readers: a line for each step.

use std::fmt;

use super::{Place, Plan};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |(place, floats): (Place, u64)| match place {
            Place::Input => "input".to_owned(),
            Place::Output => "output".to_owned(),
            Place::Buffer(index, first) => {
                let start = self.buffers[index].start + first;
                format!("arena[{start}..{}]", start + floats)
            }
        };
        for step in &self.steps {
            let consts: Vec<String> = step.consts.iter().map(u64::to_string).collect();
            let kernel = format!("{}<{}>", step.kernel, consts.join(", ")).replace("<>", "");
            let sources: Vec<String> = step.sources.iter().map(|&(_, at, floats)| place((at, floats))).collect();
            writeln!(f, "{:36} {kernel:18} {} -> {}", step.layers.join(" + "), sources.join(", "), place(step.target))?;
        }
        let code = if self.inline { "inline" } else { "shared" };
        writeln!(
            f,
            "packed {} floats, arena {} floats (bound {}), scratch {} floats, {code} kernels",
            self.packed_len, self.arena_len, self.arena_bound, self.scratch_len
        )
    }
}
