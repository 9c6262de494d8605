//! How a file's names become the net's.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::Path;

use super::{Tensor, TensorFault, WeightsError, WeightsErrorKind, fill};
use crate::Network;
use crate::params::as_mut_slice;

/// The closure of [`LoadOptions::rename`].
type Rename<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

/// Which tensors of a file are loaded, and by what names.
///
/// [`Network::load`] is these options' default: every tensor of the file has the net's own name, and none is left over.
///
/// ```
/// # use cnn_runtime::{LoadOptions, Network, WeightsError};
/// # fn example<Backbone: Network>() -> Result<(), WeightsError> {
/// let options = LoadOptions::new()
///     // `backbone.0.weight` is `0.weight`, and `head.weight` belongs to another net.
///     .prefix("backbone.")
///     // `0.weight` is `conv1.weight`; what starts with `aux.` is not wanted.
///     .rename(|name| match name.split_once('.')? {
///         ("aux", _) => None,
///         ("0", rest) => Some(format!("conv1.{rest}")),
///         _ => Some(name.to_owned()),
///     });
/// let net = options.load::<Backbone>("model.safetensors")?;
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct LoadOptions<'a> {
    prefix: String,
    rename: Option<Rename<'a>>,
}

impl<'a> LoadOptions<'a> {
    /// The names of the file are those of the net.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only tensors whose names start with `prefix`, which is taken off.
    ///
    /// The others belong to another net and are not looked at. For what `model.state_dict()` calls
    /// `backbone.conv1.weight`, it is `"backbone."`, with the dot.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Calls `rename` with each name, the prefix already taken off, for the net's own name.
    ///
    /// `None` leaves the tensor out, on purpose: it is not reported. Two tensors with one name are an error.
    pub fn rename(mut self, rename: impl Fn(&str) -> Option<String> + 'a) -> Self {
        self.rename = Some(Box::new(rename));
        self
    }

    /// Reads a net from a file, as [`Network::load`].
    ///
    /// # Errors
    ///
    /// As for [`Network::load`].
    pub fn load<N: Network>(&self, path: impl AsRef<Path>) -> Result<Box<N>, WeightsError> {
        let path = path.as_ref();
        let net = File::open(path).map_err(WeightsErrorKind::Io).and_then(|file| self.read(BufReader::new(file)));
        net.map_err(|kind| WeightsError { path: Some(path.into()), kind })
    }

    /// Reads a net from the content of a file.
    ///
    /// # Errors
    ///
    /// As for [`Network::load`].
    pub fn from_bytes<N: Network>(&self, bytes: &[u8]) -> Result<Box<N>, WeightsError> {
        self.read(Cursor::new(bytes)).map_err(|kind| WeightsError { path: None, kind })
    }

    /// Reads a net from an open file.
    fn read<N: Network>(&self, file: impl Read + Seek) -> Result<Box<N>, WeightsErrorKind> {
        let mut net = N::zeros();
        fill(as_mut_slice(&mut *net), N::NAME, &[N::PARAMS, N::BUFFERS], file, self)?;
        Ok(net)
    }

    /// The indices of the tensors to load by their names in the net, and the names that two of them have.
    pub(super) fn select(&self, tensors: &[Tensor]) -> (BTreeMap<String, usize>, Vec<TensorFault>) {
        let (mut selected, mut faults) = (BTreeMap::new(), Vec::new());
        for (index, tensor) in tensors.iter().enumerate() {
            let Some(name) = self.name(&tensor.name) else { continue };
            match selected.entry(name) {
                Entry::Vacant(entry) => _ = entry.insert(index),
                Entry::Occupied(entry) => faults.push(TensorFault::Duplicate {
                    name: entry.key().clone(),
                    first: tensors[*entry.get()].name.clone(),
                    second: tensor.name.clone(),
                }),
            }
        }
        (selected, faults)
    }

    /// The net's name for a tensor of a file, unless it is left out.
    fn name(&self, name: &str) -> Option<String> {
        let name = name.strip_prefix(&*self.prefix)?;
        // PyTorch counts the batches that batch normalisation has seen in training; nothing computes with it.
        if name.rsplit('.').next() == Some("num_batches_tracked") {
            return None;
        }
        match &self.rename {
            Some(rename) => rename(name),
            None => Some(name.to_owned()),
        }
    }
}

impl fmt::Debug for LoadOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rename = self.rename.as_ref().map(|_| format_args!("|name| …"));
        f.debug_struct("LoadOptions").field("prefix", &self.prefix).field("rename", &rename).finish()
    }
}
