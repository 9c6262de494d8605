//! Each net's loss, gradients and running statistics of a step beside those of PyTorch's autograd. `nets.rs` has the nets and calls
//! `check`.

use std::env;
use std::path::Path;

use cnn::train::{Backprop, Mse, loss_and_grad_f64};
use cnn::{Isa, Network, ParamInfo};

mod nets;
mod shared;

use shared::{Tensors, close, report, same_shape, text};

/// Which differences are allowed, as a part of their tensor's scale, which gradients.py explains.
#[derive(Clone, Copy)]
struct Precision {
    tolerance: f64,
    /// Tensors are left out that differ more in PyTorch's own f32: a bias in front of batch normalisation, say.
    max_rounding: f64,
}

const SINGLE: Precision = Precision { tolerance: 1e-3, max_rounding: 1e-4 };
const DOUBLE: Precision = Precision { tolerance: 1e-9, max_rounding: f64::INFINITY };

fn main() {
    let folder = env::args().nth(1).expect("the folder of the nets");
    nets::check_all(Path::new(&folder));
}

/// Loads a net's state_dict, compares what a step computes, and prints a line.
fn check<N: Network>(folder: &Path, name: &str, output: &[usize]) {
    report(name, compare::<N>(folder, name, output));
}

fn compare<N: Network>(folder: &Path, name: &str, output: &[usize]) -> Result<(), String> {
    same_shape(N::OUTPUT_SHAPE, output)?;
    let net = N::load(folder.join(format!("{name}.safetensors"))).map_err(text)?;
    let tensors = Tensors::read(&folder.join(format!("{name}.step.safetensors")))?;
    let step = Step::<N> { images: tensors.images("input"), targets: tensors.images("target"), expected: &tensors };
    step.double(&net).map_err(|why| format!("f64: {why}"))?;
    for isa in Isa::available() {
        for threads in [1, 3] {
            step.single(&net, isa, threads).map_err(|why| format!("{isa}, {threads} threads: {why}"))?;
        }
    }
    Ok(())
}

/// A batch, and what PyTorch makes of it.
struct Step<'a, N: Network> {
    images: Vec<N::Input>,
    targets: Vec<N::Output>,
    expected: &'a Tensors,
}

impl<N: Network> Step<'_, N> {
    /// Compares loss and gradients in f64.
    fn double(&self, net: &N) -> Result<(), String> {
        let floats: Vec<f64> = floats(net).iter().map(|&value| value.into()).collect();
        let (loss, grad) = loss_and_grad_f64::<N, _>(&floats, &self.images, &self.targets, &Mse, 0).map_err(text)?;
        self.close("loss", &[loss], DOUBLE)?;
        self.all_close("grad", N::PARAMS, &grad, DOUBLE)
    }

    /// Compares loss, gradients and running statistics in f32.
    fn single(&self, net: &N, isa: Isa, threads: usize) -> Result<(), String> {
        let mut net = *net;
        let mut backprop = Backprop::<N>::new(threads);
        assert!(backprop.set_isa(isa), "the CPU has {isa}");
        let loss = backprop.loss_and_grad(&mut net, &self.images, &self.targets, &Mse).map_err(text)?;
        self.close("loss", &[loss], SINGLE)?;
        self.all_close("grad", N::PARAMS, backprop.grad(), SINGLE)?;
        self.all_close("after", N::BUFFERS, floats(&net), SINGLE)
    }

    fn all_close<T: Copy + Into<f64>>(
        &self,
        what: &str,
        infos: &[ParamInfo<'_>],
        ours: &[T],
        precision: Precision,
    ) -> Result<(), String> {
        infos.iter().try_for_each(|info| {
            let ours = &ours[info.offset..info.offset + info.count()];
            self.close(&format!("{what}.{}", info.name), ours, precision)
        })
    }

    fn close<T: Copy + Into<f64>>(&self, name: &str, ours: &[T], precision: Precision) -> Result<(), String> {
        let [scale, rounding] = ["scale", "rounding"].map(|kind| self.expected.get(&format!("{kind}.{name}"))[0]);
        if rounding > precision.max_rounding {
            return Ok(());
        }
        close(ours, self.expected.get(name), scale, precision.tolerance).map_err(|why| format!("{name}: {why}"))
    }
}

/// Parameters and, behind them, buffers.
fn floats<N: Network>(net: &N) -> &[f32] {
    bytemuck::cast_slice(bytemuck::bytes_of(net))
}
