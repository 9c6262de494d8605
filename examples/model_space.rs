//! An architecture is a space of models, and training is a walk in it. What does it look like?
//!
//! `cargo run --release --example model_space` draws `model_space.svg`: the loss on the straight line between two trained nets, the
//! loss on a plane around one of them (as Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets"), and what nets of
//! different sizes learn from sets of different sizes.

#[path = "model_space/picture.rs"]
mod picture;

use std::error::Error;
use std::time::Instant;

use cnn::data::{DataError, Dataset, Digits, InMemory};
use cnn::train::{Adam, Cosine, CrossEntropy, Evaluation, TrainError, Trainer, evaluate};
use cnn::{Network, network};

network! {
    pub Small(1x14x14) -> 10 {
        conv(1 -> 2, k3) relu maxpool(k2); conv(2 -> 4, k3) relu maxpool(k2);
        flatten; fc(16 -> 10)
    }

    pub Medium(1x14x14) -> 10 {
        conv(1 -> 8, k3) relu maxpool(k2); conv(8 -> 16, k3) relu maxpool(k2);
        flatten; fc(64 -> 10)
    }

    pub Large(1x14x14) -> 10 {
        conv(1 -> 24, k3) relu maxpool(k2); conv(24 -> 48, k3) relu maxpool(k2);
        flatten; fc(192 -> 10)
    }
}

type Data = InMemory<'static, usize>;

/// How many images nets learn from.
const SIZES: [usize; 4] = [50, 250, 1000, 4000];
/// How many images a net is shown, however many different ones there are.
const SHOWN: usize = 48_000;
/// 0 stands for as many as the CPU runs at once.
const THREADS: usize = 0;

/// The loss at `share` of the way from the first net to the second.
struct Point {
    share: f64,
    loss: f64,
}

/// The loss at net + x · direction 1 + y · direction 2.
struct Plane {
    /// x and y go from minus this to this.
    reach: f64,
    /// Row by row, from the lowest y on.
    losses: Vec<Vec<f64>>,
}

/// What a net learns from sets of each of [`SIZES`].
struct Learner {
    params: usize,
    /// Accuracies on those sets.
    train: Vec<f64>,
    held_out: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let train = digits(1, SIZES[3])?;
    let held_out = digits(2, 1000)?;

    println!("{} parameters are a point; from two seeds, training finds two valleys:", Medium::PARAM_COUNT);
    let nets = [fit::<Medium>(1, &train)?, fit::<Medium>(2, &train)?];
    let line = line(&nets, &held_out)?;
    for at in [0.0, 0.5, 1.0] {
        if let Some(point) = line.iter().find(|point| (point.share - at).abs() < 1e-9) {
            println!("  {:3.0} % of the way from net 1 to net 2: loss {:.3}", 100.0 * point.share, point.loss);
        }
    }

    let plane = plane(&nets[0], &held_out)?;
    let all = plane.losses.iter().flatten();
    let [low, high] = [all.clone().fold(f64::INFINITY, |a, &b| a.min(b)), all.fold(0.0f64, |a, &b| a.max(b))];
    println!("on a plane around net 1 the loss goes from {low:.3} to {high:.3}\n");

    println!("accuracy on what was learnt from, and held out, by the number of images:");
    println!("{:>17}{}", "", SIZES.map(|size| format!("{size:>20}")).concat());
    let learners = [learn::<Small>(&held_out)?, learn::<Medium>(&held_out)?, learn::<Large>(&held_out)?];
    picture::draw(&line, &plane, &learners, "model_space.svg")?;
    println!("\nwrote model_space.svg, after {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Digits of 14×14 pixels, drawn once.
fn digits(seed: u64, len: usize) -> Result<Data, DataError> {
    let digits = Digits::new(seed, len).side(14)?;
    let mut images = vec![[[[0.0; 14]; 14]; 1]; len];
    let draw = |(index, image): (usize, &mut [[[f32; 14]; 14]; 1])| {
        digits.get(index, 0, image.as_flattened_mut().as_flattened_mut())
    };
    let labels: Vec<usize> = images.iter_mut().enumerate().map(draw).collect::<Result<_, _>>()?;
    InMemory::new(images, labels)
}

fn fit<N: Network>(seed: u64, data: &Data) -> Result<Box<N>, TrainError> {
    let mut trainer = Trainer::new(N::init(seed), Adam::new(0.005)?, CrossEntropy::new())
        .epochs(SHOWN.div_ceil(data.len()) as u64)
        .batch(32)
        .threads(THREADS)
        .seed(seed)
        .schedule(Cosine::new());
    trainer.fit(data, None::<&Data>)?;
    Ok(trainer.into_net())
}

fn judge<N: Network>(net: &N, data: &Data) -> Result<Evaluation, TrainError> {
    evaluate(net, data, &CrossEntropy::new(), THREADS)
}

/// From half of the way before the first net to half of the way behind the second.
fn line(nets: &[Box<Medium>; 2], data: &Data) -> Result<Vec<Point>, TrainError> {
    let mut net = Medium::zeros();
    let shares = (-20..=60).map(|step| f64::from(step) / 40.0);
    let point = |share: f64| {
        let ends = nets[0].params().iter().zip(nets[1].params());
        for (param, (first, second)) in net.params_mut().iter_mut().zip(ends) {
            *param = first + share as f32 * (second - first);
        }
        Ok(Point { share, loss: judge(&*net, data)?.loss })
    };
    shares.map(point).collect()
}

/// Along two directions at random.
fn plane(centre: &Medium, data: &Data) -> Result<Plane, TrainError> {
    let (reach, half) = (1.0, 20);
    let [right, up] = [11, 12].map(|seed| direction(centre, seed));
    let mut net = Medium::zeros();
    let steps = || (-half..=half).map(|step| reach * f64::from(step) / f64::from(half));
    let mut loss = |x: f64, y: f64| {
        let directions = right.iter().zip(&up);
        for ((param, centre), (right, up)) in net.params_mut().iter_mut().zip(centre.params()).zip(directions) {
            *param = centre + x as f32 * right + y as f32 * up;
        }
        Ok(judge(&*net, data)?.loss)
    };
    let losses = steps().map(|y| steps().map(|x| loss(x, y)).collect()).collect::<Result<_, TrainError>>()?;
    Ok(Plane { reach, losses })
}

/// A direction at random, each tensor of it as long as that of the net: so a step changes all layers by the same share.
fn direction(net: &Medium, seed: u64) -> Vec<f32> {
    let length = |tensor: &[f32]| tensor.iter().map(|value| value * value).sum::<f32>().sqrt();
    let mut direction = Medium::init(seed).params().to_vec();
    for param in Medium::PARAMS {
        let range = param.offset..param.offset + param.count();
        let scale = length(&net.params()[range.clone()]) / length(&direction[range.clone()]);
        direction[range].iter_mut().for_each(|value| *value *= scale);
    }
    direction
}

fn learn<N: Network>(held_out: &Data) -> Result<Learner, Box<dyn Error>> {
    let mut learner = Learner { params: N::PARAM_COUNT, train: Vec::new(), held_out: Vec::new() };
    for size in SIZES {
        let train = digits(1, size)?;
        let net = fit::<N>(1, &train)?;
        learner.train.push(judge(&*net, &train)?.accuracy.unwrap_or_default());
        learner.held_out.push(judge(&*net, held_out)?.accuracy.unwrap_or_default());
    }
    let both = learner.train.iter().zip(&learner.held_out);
    let cells: String =
        both.map(|(train, held_out)| format!("{:>10.1} %{:>6.1} %", 100.0 * train, 100.0 * held_out)).collect();
    println!("{:>6} parameters{cells}", learner.params);
    Ok(learner)
}
