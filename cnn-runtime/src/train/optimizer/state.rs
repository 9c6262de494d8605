//! What optimizers remember from step to step.

use std::ops::Range;

use thiserror::Error;

use super::update::{self, Rule};

/// What an optimizer remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerState<'a> {
    /// The kind of optimizer.
    pub name: &'a str,
    /// How many steps it has made.
    pub steps: u64,
    /// Its vectors, each with a name and one value for each parameter; empty before the first step.
    pub vectors: Vec<(&'a str, &'a [f32])>,
}

/// The state of an optimizer that is not for the one to be restored.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateError {
    /// Another kind of optimizer saved it.
    #[error("the state is of {}, expected {expected}", found.escape_debug())]
    Optimizer {
        /// The kind of optimizer whose state it is.
        found: String,
        /// The kind of the one to be restored.
        expected: &'static str,
    },
    /// Its vectors are not those that the optimizer has with its settings.
    #[error("the state of {optimizer} has {}, expected {}", names(found), names(expected))]
    Vectors {
        /// The kind of optimizer.
        optimizer: &'static str,
        /// The names of its vectors.
        found: Vec<String>,
        /// The names of those of the optimizer.
        expected: Vec<String>,
    },
    /// A vector is for another number of parameters.
    #[error("`{vector}` of {optimizer} has {found} values, expected {expected}")]
    Length {
        /// The kind of optimizer.
        optimizer: &'static str,
        /// The vector's name.
        vector: &'static str,
        /// How many values it has.
        found: usize,
        /// The number of parameters.
        expected: usize,
    },
}

/// The names in a message.
fn names(names: &[String]) -> String {
    if names.is_empty() {
        return "no vectors".to_owned();
    }
    names.iter().map(|name| format!("`{}`", name.escape_debug())).collect::<Vec<_>>().join(", ")
}

/// Vectors with a value for each parameter, and the number of steps.
#[derive(Clone, Debug)]
pub(super) struct State {
    names: &'static [&'static str],
    vectors: Vec<Vec<f32>>,
    params: Option<usize>,
    steps: u64,
}

impl State {
    /// Vectors of these names, for any number of parameters.
    pub(super) fn new(names: &'static [&'static str]) -> Self {
        Self { names, vectors: vec![Vec::new(); names.len()], params: None, steps: 0 }
    }

    /// Makes the vectors, unless they are there for so many parameters.
    pub(super) fn prepare(&mut self, params: usize) {
        if self.params != Some(params) {
            self.vectors.fill(vec![0.0; params]);
            self.params = Some(params);
            self.steps = 0;
        }
    }

    /// Counts the step that is about to be made, from 1.
    pub(super) fn next_step(&mut self, params: usize) -> u64 {
        self.prepare(params);
        self.steps = self.steps.saturating_add(1);
        self.steps
    }

    /// Applies `rule`, one for `N` vectors of state, which are as many as there are.
    pub(super) fn update<const N: usize>(
        &mut self,
        rule: impl Rule<N>,
        params: &mut [f32],
        grads: &[f32],
        trainable: &[Range<usize>],
    ) {
        let Ok(vectors) = <&mut [Vec<f32>; N]>::try_from(self.vectors.as_mut_slice()) else {
            unreachable!("a rule for {N} vectors, in an optimizer with other settings")
        };
        update::update(rule, params, grads, vectors, trainable);
    }

    pub(super) fn view<'a>(&'a self, name: &'a str) -> OptimizerState<'a> {
        let vectors = self.names.iter().copied().zip(self.vectors.iter().map(Vec::as_slice)).collect();
        OptimizerState { name, steps: self.steps, vectors }
    }

    pub(super) fn restore(
        &mut self,
        optimizer: &'static str,
        params: usize,
        state: &OptimizerState<'_>,
    ) -> Result<(), StateError> {
        if state.name != optimizer {
            return Err(StateError::Optimizer { found: state.name.to_owned(), expected: optimizer });
        }
        let mut saved = state.vectors.clone();
        saved.sort_unstable_by_key(|(name, _)| self.names.iter().position(|own| own == name));
        if !saved.iter().map(|(name, _)| name).eq(self.names) {
            let found = state.vectors.iter().map(|&(name, _)| name.to_owned()).collect();
            let expected = self.names.iter().map(|&name| name.to_owned()).collect();
            return Err(StateError::Vectors { optimizer, found, expected });
        }
        for (&vector, (_, values)) in self.names.iter().zip(&saved) {
            if values.len() != params {
                return Err(StateError::Length { optimizer, vector, found: values.len(), expected: params });
            }
        }
        self.vectors = saved.into_iter().map(|(_, values)| values.to_vec()).collect();
        self.params = Some(params);
        self.steps = state.steps;
        Ok(())
    }
}
