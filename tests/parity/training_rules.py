"""PyTorch's numbers for the rules of training, for the unit tests of `cnn-runtime/src/train`.

Regenerate them, from the root of the repository (a few seconds):

    pip install -r tests/parity/requirements.txt
    python tests/parity/training_rules.py

It writes, in cnn-runtime/src/train/golden/, lines of a name and numbers:

    optimizers.txt  parameters after some steps of each optimizer, in f32
    losses.txt      losses of batches and their gradients, in f64
    schedules.txt   learning rates of 30 steps

Parameters, gradients, outputs and targets are numbers out of a hash, `unit` of `generate.py`, which the tests compute too.
"""

from pathlib import Path

import torch
from torch import nn
from torch.optim import lr_scheduler

GOLDEN = Path(__file__).parents[2] / "cnn-runtime" / "src" / "train" / "golden"
HEADER = f"# Made by `python tests/parity/training_rules.py` with PyTorch {torch.__version__.split('+')[0]}, do not edit.\n"
PARAMS, STEPS, SHOWN = 37, 30, (1, 2, 5, 30)
IMAGES, OUTPUTS = 3, 5


def mix(x):
    x ^= x >> 16
    x = x * 0x7FEB352D % 2**32
    x ^= x >> 15
    x = x * 0x846CA68B % 2**32
    return x ^ x >> 16


def unit(stream, i):
    return ((mix((stream * 0x9E3779B9 + i) % 2**32) >> 16) - 32768) / 32768


def units(stream, count, dtype):
    return torch.tensor([unit(stream, i) for i in range(count)], dtype=dtype)


def write(file, lines):
    text = "".join(f"{name} {' '.join(repr(float(number)) for number in numbers)}\n" for name, numbers in lines)
    (GOLDEN / file).write_text(HEADER + text)


# Optimizers

OPTIMIZERS = {
    "sgd": (torch.optim.SGD, dict(lr=0.05)),
    "sgd-decay": (torch.optim.SGD, dict(lr=0.05, weight_decay=0.1)),
    "sgd-momentum": (torch.optim.SGD, dict(lr=0.05, momentum=0.9)),
    "sgd-dampening": (torch.optim.SGD, dict(lr=0.05, momentum=0.9, dampening=0.3, weight_decay=0.01)),
    "sgd-nesterov": (torch.optim.SGD, dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)),
    "adam": (torch.optim.Adam, dict(lr=0.01)),
    "adam-betas": (torch.optim.Adam, dict(lr=0.01, betas=(0.4, 0.99), eps=1e-3, weight_decay=0.1)),
    "adam-amsgrad": (torch.optim.Adam, dict(lr=0.01, betas=(0.9, 0.6), amsgrad=True)),
    "adamw": (torch.optim.AdamW, dict(lr=0.01)),
    "adamw-amsgrad": (torch.optim.AdamW, dict(lr=0.01, betas=(0.8, 0.7), weight_decay=0.3, amsgrad=True)),
    "rmsprop": (torch.optim.RMSprop, dict(lr=0.01)),
    "rmsprop-momentum": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-3, momentum=0.8, weight_decay=0.1)),
    "rmsprop-centered": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.9, centered=True)),
    "rmsprop-all": (torch.optim.RMSprop, dict(lr=0.01, centered=True, momentum=0.8, weight_decay=0.1)),
}


def optimizers():
    for name, (kind, settings) in OPTIMIZERS.items():
        params = nn.Parameter(units(0, PARAMS, torch.float32))
        optimizer = kind([params], foreach=False, **settings)
        for step in range(1, STEPS + 1):
            params.grad = units(step, PARAMS, torch.float32)
            if step == 5:
                optimizer.param_groups[0]["lr"] /= 2
            optimizer.step()
            if step in SHOWN:
                yield f"{name}/{step}", params.detach()
    for name, max_norm in {"clip-norm": 1.5, "clip-norm-large": 100.0}.items():
        params = nn.Parameter(torch.zeros(PARAMS))
        params.grad = units(1, PARAMS, torch.float32)
        norm = nn.utils.clip_grad_norm_([params], max_norm)
        yield name, [norm, *params.grad]
    params.grad = units(1, PARAMS, torch.float32)
    nn.utils.clip_grad_value_([params], 0.25)
    yield "clip-value", params.grad


# Losses

WEIGHTS = [0.5, 2.0, 1.0, 0.0, 3.0]
LABELS = [4, 1, 2]
CROSS_ENTROPY = {
    "plain": dict(),
    "smooth": dict(label_smoothing=0.1),
    "weighted": dict(weight=torch.tensor(WEIGHTS, dtype=torch.float64)),
    "both": dict(weight=torch.tensor(WEIGHTS, dtype=torch.float64), label_smoothing=0.3),
}


def losses():
    outputs = 6 * units(1, IMAGES * OUTPUTS, torch.float64).view(IMAGES, OUTPUTS)
    numbers = units(2, IMAGES * OUTPUTS, torch.float64).view(IMAGES, OUTPUTS)
    probabilities = numbers.abs()
    labels = torch.tensor(LABELS)
    for name, settings in CROSS_ENTROPY.items():
        yield f"labels-{name}", loss(nn.CrossEntropyLoss(**settings), outputs, labels)
        yield f"probabilities-{name}", loss(nn.CrossEntropyLoss(**settings), outputs, probabilities)
    yield "extreme", loss(nn.CrossEntropyLoss(), outputs * 1000, labels)
    pos_weight = torch.tensor(WEIGHTS, dtype=torch.float64)
    yield "binary-plain", loss(nn.BCEWithLogitsLoss(), outputs, probabilities)
    yield "binary-weighted", loss(nn.BCEWithLogitsLoss(pos_weight=pos_weight), outputs, probabilities)
    yield "binary-extreme", loss(nn.BCEWithLogitsLoss(), outputs * 1000, probabilities)
    yield "mse", loss(nn.MSELoss(), outputs, numbers)
    yield "l1", loss(nn.L1Loss(), outputs, numbers)
    yield "huber", loss(nn.HuberLoss(), outputs, numbers)
    yield "huber-delta", loss(nn.HuberLoss(delta=2.5), outputs, numbers)


def loss(kind, outputs, targets):
    outputs = outputs.clone().requires_grad_()
    value = kind(outputs, targets)
    value.backward()
    return [value.item(), *outputs.grad.flatten()]


# Schedules

BASE = 0.1
SCHEDULES = {
    "step": lambda o: lr_scheduler.StepLR(o, 7),
    "step-gamma": lambda o: lr_scheduler.StepLR(o, 4, gamma=0.5),
    "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS),
    "cosine-min": lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, eta_min=0.01),
    "one-cycle": lambda o: lr_scheduler.OneCycleLR(o, BASE, total_steps=STEPS),
    "one-cycle-odd": lambda o: lr_scheduler.OneCycleLR(
        o, BASE, total_steps=STEPS, pct_start=0.47, div_factor=10, final_div_factor=100
    ),
    "warm-up": lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.LinearLR(o, total_iters=6), lr_scheduler.CosineAnnealingLR(o, STEPS - 6)], [6]
    ),
    "warm-up-step": lambda o: lr_scheduler.SequentialLR(
        o, [lr_scheduler.LinearLR(o, 0.05, total_iters=10), lr_scheduler.StepLR(o, 5)], [10]
    ),
}


def schedules():
    for name, make in SCHEDULES.items():
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=BASE, momentum=0.9)
        scheduler = make(optimizer)
        rates = []
        for _ in range(STEPS):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if len(rates) < STEPS:
                scheduler.step()
        yield name, rates


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    write("optimizers.txt", optimizers())
    write("losses.txt", losses())
    write("schedules.txt", schedules())
