"""PyTorch's losses over a hundred steps of training, for the tests of the trainer in tests/zoo/training.rs.

Regenerate them, from the root of the repository (half a minute):

    pip install -r tests/parity/requirements.txt
    python tests/parity/training.py

It writes golden/training.txt, lines of a name and numbers. The name is `NET/OPTIMIZER/WHAT`; WHAT is

    f64      the mean loss of each step's batch, before the step, where PyTorch computes in f64
    f32      the same where it computes in f32: how far the two are apart is what rounding alone does
    outputs  what the net of the f64 run then makes, in eval mode, of the first four images: its parameters and running statistics

A batch has 16 images. Element j of image i is `unit(2, 10000 * label + j) + 0.25 * unit(3, 10000 * i + j)` in f32: what all images
of the label have, and noise; its label is `mix(i) % 10`. `mix` and `unit` are those of `generate.py`. Element i of all parameters and then
all buffers, flat, is `unit(1, i) * scale` in f32: the scale of weights is `sqrt(3 / fan_in)`, so that outputs are about as large as
inputs, and 0.125 that of the others; 1 is added to a running_var and to the weight of a normalisation.
"""

import math
from collections import OrderedDict
from functools import cache, partial
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from generate import mix
from zoo import LENET5, is_factor, tensors, units

FILE = Path(__file__).parent / "golden" / "training.txt"
HEADER = f"# Made by `python tests/parity/training.py` with PyTorch {torch.__version__}, do not edit.\n"
STEPS, BATCH, CLASSES, SHOWN = 100, 16, 10, 4

conv = partial(nn.Conv2d, bias=False)


class Residual(nn.Module):
    """Layers beside a shortcut, which may have layers too."""

    def __init__(self, **layers):
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.layers, self.beside = ([name for name in layers if end == name.startswith("down")] for end in (False, True))

    def forward(self, x):
        y, beside = x, x
        for name in self.layers:
            y = getattr(self, name)(y)
        for name in self.beside:
            beside = getattr(self, name)(beside)
        return y + beside


RESIDUAL = OrderedDict(
    conv=conv(3, 8, 3, padding=1), bn=nn.BatchNorm2d(8), relu=nn.ReLU(),
    stage1=Residual(
        conv1=conv(8, 8, 3, padding=1), bn1=nn.BatchNorm2d(8), relu=nn.ReLU(), conv2=conv(8, 8, 3, padding=1), bn2=nn.BatchNorm2d(8)
    ),
    relu1=nn.ReLU(),
    stage2=Residual(
        conv1=conv(8, 16, 3, stride=2, padding=1), bn1=nn.BatchNorm2d(16), relu=nn.ReLU(), conv2=conv(16, 16, 3, padding=1),
        bn2=nn.BatchNorm2d(16), down_conv=conv(8, 16, 1, stride=2), down_bn=nn.BatchNorm2d(16),
    ),
    relu2=nn.ReLU(), pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), fc=nn.Linear(16, 10),
)  # fmt: skip

NETS = {"lenet5": (LENET5, (1, 28, 28)), "residual": (RESIDUAL, (3, 12, 12))}

OPTIMIZERS = {
    "sgd": partial(torch.optim.SGD, lr=0.05),
    "sgd-nesterov": partial(torch.optim.SGD, lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4),
    "adam": partial(torch.optim.Adam, lr=1e-3),
    "adamw": partial(torch.optim.AdamW, lr=1e-3, weight_decay=0.05),
    # Its first steps are the signs of gradients, which rounding decides for the smallest: eps keeps those steps small.
    "rmsprop": partial(torch.optim.RMSprop, lr=3e-4, eps=1e-4),
}


def fill(net):
    start = 0
    params, buffers = tensors(net)
    for name, tensor in params + buffers:
        fan_in = tensor[0].numel() if tensor.dim() > 1 else 0
        scale = torch.tensor(math.sqrt(3 / fan_in) if fan_in else 0.125, dtype=torch.float32)
        values = units(1, start, tensor.shape) * scale + float(is_factor(name, tensor))
        with torch.no_grad():
            tensor.copy_(values)
        start += tensor.numel()
    return net


@cache
def batch(first, shape):
    """Images and labels."""
    labels = [mix(i) % CLASSES for i in range(first, first + BATCH)]
    images = [
        units(2, 10_000 * label, shape) + 0.25 * units(3, 10_000 * i, shape) for i, label in enumerate(labels, first)
    ]
    return torch.stack(images), torch.tensor(labels)


def run(name, optimizer, dtype, backwards=False):
    """The losses, and outputs after the last step. `backwards` turns batches round, which changes rounding alone."""
    layers, shape = NETS[name]
    net = fill(nn.Sequential(layers)).to(dtype).train()
    stepper = OPTIMIZERS[optimizer](net.parameters(), foreach=False)
    losses = []
    for step in range(STEPS):
        images, labels = (part.flip(0) if backwards else part for part in batch(step * BATCH, shape))
        loss = F.cross_entropy(net(images.to(dtype)), labels)
        stepper.zero_grad()
        loss.backward()
        stepper.step()
        losses.append(loss.item())
    with torch.no_grad():
        return losses, net.eval()(batch(0, shape)[0][:SHOWN].to(dtype)).flatten().tolist()


def line(name, numbers):
    return f"{name} {' '.join(f'{number:.7f}' for number in numbers)}\n"


if __name__ == "__main__":
    torch.set_num_threads(1)
    text = HEADER
    for name in NETS:
        for optimizer in OPTIMIZERS:
            exact, outputs = run(name, optimizer, torch.float64)
            single, turned = (run(name, optimizer, torch.float32, backwards)[0] for backwards in (False, True))
            apart = max(abs(a - b) for a, b in zip(exact * 2, single + turned))
            print(f"{name}/{optimizer}: {exact[0]:.3f} to {exact[-1]:.3f}, f32 apart by {apart:.1e}", flush=True)
            assert apart < 2e-5, "rounding alone makes these differ"
            for what, numbers in dict(f64=exact, f32=single, outputs=outputs).items():
                text += line(f"{name}/{optimizer}/{what}", numbers)
    FILE.write_text(text)
