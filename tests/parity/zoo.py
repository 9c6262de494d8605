"""torchvision's names and PyTorch's outputs for the nets of the catalogue, for the tests of the zoo.

Regenerate, from the root of the repository (half a minute):

    pip install -r tests/parity/requirements.txt
    python tests/parity/zoo.py

It writes, beside itself, a line for each net into

    golden/zoo_tensors.jsonl  name, and the state_dict's `params` and `buffers`, each [name, shape]; without
                              `num_batches_tracked`, with which no forward pass computes, and a module's own
                              tensors behind those of its parts: ConvNeXt's layer_scale is what it computes with last
    golden/zoo.jsonl          what the net makes of three random images:

    name      as torchvision calls it
    seed      where the images and the tensors come from
    scales    one for each tensor of `params`, then of `buffers`
    expected  the three outputs, flat, rounded to six decimals; their root mean square is about 1

Images and tensors are numbers out of the hash that `generate.py` explains. Element i of the batch of images, flat, is
`(unit(2 * seed, i) + unit(2 * seed, 2^31 + i * 16 / image)) / 2`, image being the number of an image's elements and the second
quotient rounded down: noise on 16 bands, because images of noise alone look alike to deep nets. Element i of all parameters and then all buffers, flat, is `unit(2 * seed + 1, i) * scale` in f32;
1 is added to a running_var, a layer_scale, and a weight of one dimension, which is that of a normalisation.
Weights of convolutions and `fc` are scaled until the outputs of their layer, without the bias, have a root mean square of 1.
PyTorch computes in f64, on one thread.
"""

import math
import time
from collections import OrderedDict
from zlib import crc32

import numpy as np
import torch
import torchvision
from torch import nn

from generate import mix, write_lines

BATCH = 3
CHUNK = 1 << 22
TOLERANCE = 1e-4

DUMMY_NET = OrderedDict(conv1=nn.Conv2d(3, 9, 3), relu=nn.ReLU(), view=nn.Flatten(), fc1=nn.Linear(225, 10))
LENET5 = OrderedDict(
    conv1=nn.Conv2d(1, 6, 5, padding=2), relu1=nn.ReLU(), maxpool1=nn.MaxPool2d(2),
    conv2=nn.Conv2d(6, 16, 5), relu2=nn.ReLU(), maxpool2=nn.MaxPool2d(2), flatten=nn.Flatten(),
    fc1=nn.Linear(400, 120), relu3=nn.ReLU(), fc2=nn.Linear(120, 84), relu4=nn.ReLU(), fc3=nn.Linear(84, 10),
)  # fmt: skip
MLP = OrderedDict(
    fc1=nn.Linear(3, 20), relu1=nn.ReLU(), fc2=nn.Linear(20, 20), relu2=nn.ReLU(), fc3=nn.Linear(20, 20), relu3=nn.ReLU(),
    fc4=nn.Linear(20, 4),
)  # fmt: skip

# The nets that torchvision does not have, and their images.
OWN = {"dummy": (DUMMY_NET, (3, 7, 7)), "lenet5": (LENET5, (1, 28, 28)), "mlp": (MLP, (3,))}

# The nets that torchvision has: the names of its functions, and of our files.
CATALOGUE = [
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "mnasnet1_0", "mobilenet_v2",
    "mobilenet_v3_small", "regnet_y_400mf", "resnet18", "resnet50", "shufflenet_v2_x1_0", "squeezenet1_1", "vgg16",
]  # fmt: skip


def module(name):
    """The net, and the shape of one image."""
    if name in OWN:
        layers, image = OWN[name]
        return nn.Sequential(layers), image
    options = dict(aux_logits=False, init_weights=False) if name == "googlenet" else {}
    return getattr(torchvision.models, name)(weights=None, **options), (3, 224, 224)


def parameters(module, prefix=""):
    """Parameters by name, in order: of a module's parts, then its own."""
    for name, part in module.named_children():
        yield from parameters(part, f"{prefix}{name}.")
    for name, tensor in module.named_parameters(recurse=False):
        yield prefix + name, tensor


def tensors(net):
    """Parameters and buffers by name, in order."""
    buffers = [(name, buffer) for name, buffer in net.named_buffers() if not name.endswith("num_batches_tracked")]
    return list(parameters(net)), buffers


def is_factor(name, tensor):
    """Whether a tensor holds variances or factors of channels, which are about 1."""
    return name.endswith(("running_var", "layer_scale")) or name.endswith("weight") and tensor.dim() == 1


def units(stream, start, shape):
    """Elements `start..` of a stream, as a tensor."""
    numbers = np.empty(math.prod(shape), np.float32)
    for at in range(0, len(numbers), CHUNK):
        part = numbers[at : at + CHUNK]
        first = stream * 0x9E3779B9 + start + at
        hashes = mix(np.arange(first, first + len(part), dtype=np.uint64) & 0xFFFFFFFF)
        part[:] = ((hashes >> 16).astype(np.float32) - 32768) / 32768
    return torch.from_numpy(numbers).reshape(shape)


def noise_on_bands(seed, shape, batch=BATCH):
    """A batch of images."""
    length = math.prod(shape)
    bands = units(2 * seed, 1 << 31, (16 * batch,))[torch.arange(batch * length) * 16 // length]
    return (units(2 * seed, 0, (batch, *shape)) + bands.reshape(batch, *shape)) / 2


def rms(x):
    return x.square().mean().sqrt().item()


def fill(net, seed, images):
    """Fills a net's tensors. Returns the scale of each."""
    layers = [module for module in net.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    names = {layer: f"{name}.weight" for name, layer in net.named_modules() if layer in layers}
    start, scales = 0, {}
    params, buffers = tensors(net)
    for name, tensor in params + buffers:
        around = float(is_factor(name, tensor))
        scales[name] = 1 if name in names.values() else 0.5 if around else 0.125
        tensor.copy_(units(2 * seed + 1, start, tensor.shape) * scales[name] + around)
        start += tensor.numel()

    def balance(module, inputs, output):
        """Scales the weights of a layer for outputs of about 1."""
        bias = torch.zeros(1) if module.bias is None else module.bias
        bias = bias.reshape(-1, 1, 1) if isinstance(module, nn.Conv2d) else bias
        scale = float(f"{1 / rms(output - bias):.3g}")
        scales[names[module]] = scale
        module.weight.copy_(module.weight.float() * np.float32(scale))
        return module.forward(*inputs)

    hooks = [layer.register_forward_hook(balance) for layer in layers]
    net(images)
    for hook in hooks:
        hook.remove()
    return [scales[name] for name, _ in params + buffers]


def run(name, seed):
    """The lines of a net: its tensors, and its outputs."""
    began = time.monotonic()
    net, image = module(name)
    net.eval().double()
    images = noise_on_bands(seed, image)
    scales = fill(net, seed, images.double())
    exact = net(images.double())
    rounding = (net.float()(images) - exact).abs().max().item() / rms(exact)
    apart = min(rms(exact[i] - exact[j]) / rms(exact) for i, j in [(0, 1), (0, 2), (1, 2)])
    print(f"{name:20} rms {rms(exact):.3f}, two images differ by {apart:.3f}, f32 by {rounding:.1e}, ", end="")
    print(f"{time.monotonic() - began:.1f} s", flush=True)
    assert exact.isfinite().all() and rounding < TOLERANCE / 3, f"{name} amplifies rounding"
    assert apart > 100 * TOLERANCE, f"the outputs of {name} tell little of the image"
    params, buffers = ([[name, list(tensor.shape)] for name, tensor in part] for part in tensors(net))
    expected = [round(value, 6) for value in exact.flatten().tolist()]
    return dict(name=name, params=params, buffers=buffers), dict(
        name=name, seed=seed, scales=scales, expected=expected
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    lines = [run(name, crc32(name.encode()) % 10_000) for name in [*OWN, *CATALOGUE]]
    for file, part in zip(["zoo_tensors", "zoo"], zip(*lines)):
        write_lines(file, part)
