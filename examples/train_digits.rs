//! LeNet-5 learns to read digits.
//!
//! `cargo run --release --example train_digits` learns from digits that the library draws. With `-- --data DIR` it learns from
//! MNIST's files, `train-images-idx3-ubyte` and the three others.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use cnn::data::{Dataset, Digits, Part, Subset, mnist};
use cnn::network;
use cnn::train::{Adam, CrossEntropy, OneCycle, ProgressBar, Trainer, evaluate, plot};

network! { include "examples/specs/lenet5.cnn" }

const USAGE: &str = "usage: train_digits [--data DIR] [--epochs N] [--threads N]";

/// Images and labels from anywhere.
type Data = Box<dyn Dataset<Target = usize>>;

fn main() -> ExitCode {
    match Options::parse(env::args().skip(1)).and_then(|options| options.train()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    /// The folder of MNIST's files.
    data: Option<String>,
    epochs: u64,
    /// 0 stands for as many as the CPU runs at once.
    threads: usize,
}

impl Options {
    fn train(&self) -> Result<(), Box<dyn Error>> {
        let (known, held_out) = self.data()?;
        // Some of what is known does not train: it says which epoch is the best.
        let (train, validation) = Subset::split(&known, 0.1, 1)?;
        println!("{}\n", LeNet5::summary());
        println!("{} images train, {} validate, {} are held out", train.len(), validation.len(), held_out.len());

        let mut trainer = Trainer::new(LeNet5::init(1), Adam::new(0.004)?, CrossEntropy::new())
            .epochs(self.epochs)
            .batch(64)
            .threads(self.threads)
            .schedule(OneCycle::new())
            .callback(ProgressBar::new())
            .best("lenet5.safetensors");
        trainer.fit(&train, Some(&validation))?;
        plot::curves(trainer.history(), "lenet5.svg")?;
        println!("wrote lenet5.safetensors, the weights of the best epoch, and lenet5.svg, the curves");

        let best = LeNet5::load("lenet5.safetensors")?;
        let evaluation = evaluate(&*best, &held_out, &CrossEntropy::new(), self.threads)?;
        println!("held-out accuracy: {:.2} %", 100.0 * evaluation.accuracy.unwrap_or_default());
        Ok(())
    }

    /// Images to learn from, and others.
    fn data(&self) -> Result<(Data, Data), Box<dyn Error>> {
        Ok(match &self.data {
            Some(folder) => (Box::new(mnist(folder, Part::Train)?), Box::new(mnist(folder, Part::Test)?)),
            None => (Box::new(Digits::new(1, 12_000)), Box::new(Digits::new(2, 2_000))),
        })
    }

    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Self { data: None, epochs: 6, threads: 0 };
        while let Some(name) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("`{name}` expects a value\n{USAGE}"));
            let number = |text: String| {
                text.parse().map_err(|_| format!("`{name}` expects a whole number, found `{text}`\n{USAGE}"))
            };
            match name.as_str() {
                "--data" => options.data = Some(value()?),
                "--epochs" => options.epochs = number(value()?)?,
                "--threads" => options.threads = number(value()?)? as usize,
                _ => return Err(format!("`{name}` is unknown\n{USAGE}").into()),
            }
        }
        if options.epochs == 0 {
            return Err(format!("`--epochs` expects at least 1\n{USAGE}").into());
        }
        Ok(options)
    }
}
