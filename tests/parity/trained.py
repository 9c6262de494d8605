"""Nets that `network!` trained, in PyTorch, for `cargo xtask parity`.

    python tests/parity/trained.py FOLDER

For each net, FOLDER has NAME.safetensors, its weights, and NAME.held_out.safetensors: `images` that it was not trained with, their
`labels`, the `logits` that our engine made of them, and our `accuracy`. It prints a line for each, `ok NAME` or `FAILED NAME: why`.
"""

import sys
from collections import OrderedDict
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

from training import Residual
from zoo import LENET5, rms

# As for untrained nets.
TOLERANCE = 1e-4
LEAST_ACCURACY = 0.9

conv = partial(nn.Conv2d, bias=False)

# As xtask/src/parity/programs/training.rs has it.
NORMALISED = OrderedDict(
    conv1=conv(1, 8, 5, stride=2, padding=2), bn1=nn.BatchNorm2d(8), relu1=nn.ReLU(),
    conv2=conv(8, 16, 3, stride=2, padding=1), bn2=nn.BatchNorm2d(16), relu2=nn.ReLU(),
    body=Residual(conv3=conv(16, 16, 3, padding=1), bn3=nn.BatchNorm2d(16)), relu3=nn.ReLU(),
    flatten=nn.Flatten(), fc1=nn.Linear(784, 10),
)  # fmt: skip

NETS = {"lenet5": LENET5, "normalised": NORMALISED}


def compare(folder, name):
    net = nn.Sequential(NETS[name])
    net.load_state_dict(load_file(folder / f"{name}.safetensors"), strict=True)
    ours = load_file(folder / f"{name}.held_out.safetensors")
    logits = net.eval()(ours["images"])
    apart = (logits - ours["logits"]).abs().max().item() / rms(logits)
    assert apart <= TOLERANCE, f"logits: max |Δ| / rms = {apart:.1e}"
    accuracy = (logits.argmax(1) == ours["labels"]).sum().item() / len(logits)
    assert accuracy == ours["accuracy"].item(), f"accuracy: {accuracy}, ours {ours['accuracy'].item()}"
    assert accuracy >= LEAST_ACCURACY, f"accuracy: {accuracy}, at least {LEAST_ACCURACY} is expected"


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    for name in NETS:
        try:
            compare(Path(sys.argv[1]), name)
            print(f"ok {name}")
        except Exception as error:
            print(f"FAILED {name}: {str(error).splitlines()[0]}")
