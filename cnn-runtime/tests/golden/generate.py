"""Writes the files beside it: `python generate.py`, with torch, safetensors and numpy."""

import os

import numpy
import torch
from safetensors.torch import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))


class Norm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(2, 3, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(3)


# The values in the order of the net: 0, 1, 2, … quarters, which every type has; of doubles, tenths.
def fill(model, factor):
    start = 0
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            values = factor * torch.arange(start, start + tensor.numel(), dtype=tensor.dtype)
            tensor.copy_(values.reshape(tensor.shape))
            start += tensor.numel()
    return model.state_dict()


save_file(fill(Norm().half(), 0.25), "torch_f16.safetensors")
save_file(fill(Norm().bfloat16(), 0.25), "torch_bf16.safetensors")
save_file(fill(Norm().double(), 0.1), "torch_f64.safetensors")

arrays = {name: tensor.numpy() for name, tensor in fill(Norm(), 0.25).items()}
numpy.savez_compressed("numpy_compressed.npz", **arrays)
arrays["conv1.weight"] = numpy.asfortranarray(arrays["conv1.weight"])
for name, dtype in [("bn1.weight", "<f2"), ("bn1.bias", "<f8"), ("bn1.running_var", ">f4")]:
    arrays[name] = arrays[name].astype(dtype)
numpy.savez("numpy.npz", **arrays)
