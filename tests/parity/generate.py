"""PyTorch's numbers and verdicts, for the tests of parity.

Regenerate everything, from the root of the repository (a few seconds):

    pip install -r tests/parity/requirements.txt
    python tests/parity/generate.py

It writes, beside itself:

    golden/nets.jsonl      DummyNet and LeNet-5, a batch of 3 each
    golden/layers.jsonl    200 random chains of 1 to 4 layers, one image each
    golden/verdicts.jsonl  400 random chains, about half of them wrong: what PyTorch says of each
    cases.rs               the nets of the first two files, for the macro to compile

A line of `nets` or `layers` is one case:

    name          "case000", in Rust the type `Case000`
    net, input    the architecture in our language, and the shape of one image
    output        the shape of one output: [10], or [9, 5, 5]
    param_count   the number of parameters
    params        their tensors in state_dict order, each [name, shape, shift]
    seed, batch   where the inputs and parameters come from, and how many images
    expected      the outputs as f32, image by image

A line of `verdicts` has `net`, `input` and `accepted`; then `output`, or `layer` (the first one
at fault, counted from 0) and `error` (the first line of PyTorch's exception, or "folds the batch"
where PyTorch is content but no longer returns one row per image).

Inputs and parameters are numbers out of a hash, the same in every language:

    mix(x):           x ^= x >> 16;  x *= 0x7feb352d;  x ^= x >> 15;  x *= 0x846ca68b;  x ^= x >> 16
    unit(stream, i) = ((mix(stream * 0x9e3779b9 + i) >> 16) - 32768) / 32768

in wrapping 32-bit arithmetic: a multiple of 2^-15 in [-1, 1), exact in f32.
Element i of the batch of inputs, flat, is `unit(2 * seed, i)`; parameter i of the flat vector of
all parameters is `unit(2 * seed + 1, i) * 2^-shift`, `shift` being that of its tensor.
"""

import json
import math
import random
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

HERE = Path(__file__).parent
CHAINS, VERDICTS = 200, 400
MAX_OUTPUTS, MAX_PARAMS = 60, 12_000


# --- numbers -----------------------------------------------------------------------------------


def mix(x):
    """A 32-bit hash (Wellons' lowbias32)."""
    x = (x ^ x >> 16) * 0x7FEB352D & 0xFFFFFFFF
    x = (x ^ x >> 15) * 0x846CA68B & 0xFFFFFFFF
    return x ^ x >> 16


def units(stream, start, shape):
    """Elements `start..` of a stream, as a tensor."""
    numbers = (mix(stream * 0x9E3779B9 + i & 0xFFFFFFFF) for i in range(start, start + math.prod(shape)))
    return torch.tensor([((n >> 16) - 32768) / 32768 for n in numbers]).reshape(shape)


def fill(net, seed):
    """Fills a net's parameters. Returns its `params`, and their number.

    Shifts keep the outputs of a layer O(1): its weights are scaled by about 1 / sqrt(fan in).
    """
    params, start = [], 0
    for name, tensor in net.named_parameters():
        shift = int(math.log2(tensor[0].numel()) / 2) if tensor.dim() > 1 else 1
        tensor.copy_(units(2 * seed + 1, start, tensor.shape) / 2**shift)
        params.append([name, list(tensor.shape), shift])
        start += tensor.numel()
    return params, start


# --- layers: one description, as text in our language and as a PyTorch module ------------------


class View(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes

    def forward(self, x):
        return x.view(self.sizes)


@dataclass
class Layer:
    """`args` are PyTorch's own, by the names of its constructors; an absent one is its default."""

    kind: str
    args: dict

    def module(self):
        make = {
            "conv": nn.Conv2d, "fc": nn.Linear, "maxpool": nn.MaxPool2d, "avgpool": nn.AvgPool2d,
            "relu": nn.ReLU, "softmax": lambda: nn.Softmax(dim=1), "flatten": nn.Flatten, "view": View,
        }  # fmt: skip
        return make[self.kind](**self.args)

    def text(self, rng):
        """A square value is spelled either way, `k3` or `k3x3`."""
        args = []
        for name, value in self.args.items():
            match name, value:
                case "sizes", _:
                    args.append(", ".join(map(str, value)))
                case ("in_channels" | "in_features"), _:
                    args.append(f"{value} -> ")
                case ("out_channels" | "out_features"), _:
                    args[-1] += str(value)
                case "groups", _:
                    args.append(f"g{value}")
                case "padding", "same":
                    args.append("same")
                case ("kernel_size" | "stride" | "padding" | "dilation"), (h, w):
                    square = h == w and rng.random() < 0.8
                    args.append(name[0] + (f"{h}" if square else f"{h}x{w}"))
                case "bias", False:
                    args.append("nobias")
                case "ceil_mode", True:
                    args.append("ceil")
                case "count_include_pad", False:
                    args.append("exclude_pad")
        return f"{self.kind}({', '.join(args)})" if args else self.kind


def net_text(layers, rng):
    """`conv(3 -> 9, k3) relu; flatten`: a ReLU stands on the line of its layer."""
    text = ""
    for layer in layers:
        separator = "" if not text else " " if layer.kind == "relu" else "; "
        text += separator + layer.text(rng)
    return text


def net_module(layers):
    """The layers as a module that names each by its kind and number."""
    net, count = nn.Sequential(), {}
    for layer in layers:
        count[layer.kind] = count.get(layer.kind, 0) + 1
        net.add_module(f"{layer.kind}{count[layer.kind]}", layer.module())
    return net


def conv(i, o, k, **rest):
    return Layer("conv", dict(in_channels=i, out_channels=o, kernel_size=(k, k), **rest))


def fc(i, o):
    return Layer("fc", dict(in_features=i, out_features=o))


def maxpool(k):
    return Layer("maxpool", dict(kernel_size=(k, k)))


def view(*sizes):
    return Layer("view", dict(sizes=(-1, *sizes)))


RELU, FLATTEN = Layer("relu", {}), Layer("flatten", {})

NETS = [
    ("dummy_net", "DummyNet", (3, 7, 7), [conv(3, 9, 3), RELU, FLATTEN, fc(225, 10)]),
    (
        "lenet5", "LeNet5", (1, 28, 28),
        [
            conv(1, 6, 5, padding=(2, 2)), RELU, maxpool(2), conv(6, 16, 5), RELU, maxpool(2),
            FLATTEN, fc(400, 120), RELU, fc(120, 84), RELU, fc(84, 10),
        ],
    ),
]  # fmt: skip


# --- random layers -----------------------------------------------------------------------------


def chance(rng, p):
    return rng.random() < p


def pair(rng, values):
    """Height and width: mostly the same, often not."""
    a, b = rng.choice(values), rng.choice(values)
    return (a, a) if chance(rng, 0.65) else (a, b)


def divisor(rng, n):
    return rng.choice([d for d in range(1, n + 1) if n % d == 0])


def draw_conv(rng, shape):
    channels, *size = shape
    groups = rng.choice([1, 1, channels, divisor(rng, channels)])
    args = dict(in_channels=channels, out_channels=groups * rng.randint(1, max(1, 19 // groups)))
    padding = "same" if chance(rng, 0.2) else pair(rng, [0, 0, 1, 1, 2, 3])
    if padding != "same" and chance(rng, 0.2):  # as large as the padded image
        args["kernel_size"] = tuple(n + 2 * p for n, p in zip(size, padding))
    else:
        args["kernel_size"] = pair(rng, [1, 2, 3, 3, 4, 5])
    if padding != "same" and chance(rng, 0.5):
        args["stride"] = pair(rng, [1, 2, 2, 3, 4, 5])
    if padding != (0, 0):
        args["padding"] = padding
    if chance(rng, 0.35):
        args["dilation"] = pair(rng, [1, 2, 2, 3])
    if groups > 1:
        args["groups"] = groups
    if chance(rng, 0.25):
        args["bias"] = False
    return Layer("conv", args)


def draw_pool(rng, shape, kind):
    whole = chance(rng, 0.15)
    args = dict(kernel_size=tuple(shape[1:]) if whole else pair(rng, [1, 2, 2, 3, 3, 4]))
    if chance(rng, 0.6):
        args["stride"] = pair(rng, [1, 2, 2, 3, 4, 5])
    if chance(rng, 0.5):
        args["padding"] = tuple(rng.randint(0, k // 2) for k in args["kernel_size"])
    if kind == "maxpool" and chance(rng, 0.35):
        args["dilation"] = pair(rng, [1, 2, 2, 3])
    if chance(rng, 0.5):
        args["ceil_mode"] = True
    if kind == "avgpool" and chance(rng, 0.5):
        args["count_include_pad"] = False
    return Layer(kind, args)


def draw_view(rng, shape):
    n = math.prod(shape)
    if chance(rng, 0.5):
        return view(n)
    channels = divisor(rng, n)
    height = divisor(rng, n // channels)
    return view(channels, height, n // channels // height)


def draw_layer(rng, shape):
    """A layer for this input, right or not."""
    on_maps = dict(conv=6, relu=2, maxpool=4, avgpool=4, flatten=2, view=2, softmax=1)
    on_vectors = dict(fc=6, relu=2, softmax=2, view=3, flatten=1)
    weights = on_maps if len(shape) == 3 else on_vectors
    match rng.choices(list(weights), list(weights.values()))[0]:
        case "conv":
            return draw_conv(rng, shape)
        case "maxpool" | "avgpool" as kind:
            return draw_pool(rng, shape, kind)
        case "view":
            return draw_view(rng, shape)
        case "fc":
            return fc(shape[0], rng.randint(1, 19))
        case kind:
            return Layer(kind, {})


def draw_chain(rng):
    """An image's shape and 1 to 4 layers that PyTorch accepts for it."""
    sizes = [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 17, 23]
    image = (rng.randint(1, 19), *pair(rng, sizes))
    layers, shape, wanted = [], image, rng.randint(1, 4)
    while len(layers) < wanted:
        linear = layers and layers[-1].kind in ("conv", "fc")
        layer = RELU if linear and chance(rng, 0.4) else draw_layer(rng, shape)
        verdict = judge([layer], shape)
        if verdict["accepted"] and math.prod(verdict["output"]) <= 4000:
            layers.append(layer)
            shape = tuple(verdict["output"])
    return image, layers


# --- verdicts ----------------------------------------------------------------------------------


def judge(layers, image):
    """What PyTorch says of a net, given batches of 2 and of 3 images."""
    batches = [torch.zeros(2, *image), torch.zeros(3, *image)]
    for index, layer in enumerate(layers):
        try:
            module = layer.module()
            batches = [module(batch) for batch in batches]
        except (RuntimeError, ValueError, IndexError) as error:
            return dict(accepted=False, layer=index, error=str(error).splitlines()[0])
        if [len(batch) for batch in batches] != [2, 3]:
            return dict(accepted=False, layer=index, error="folds the batch")
    return dict(accepted=True, output=list(batches[0].shape[1:]))


def other(rng, n):
    """A size near n, but another."""
    return rng.choice([m for m in (n - 1, n + 1, n + 2, 2 * n) if m > 0 and m != n])


NEAR = [(1, 1), (1, 0), (0, 1), (0, 0), (2, 3)]


def spoil(rng, image, layers):
    """The same net with one of its layers made wrong, in most cases. PyTorch tells."""
    index = rng.randrange(len(layers))
    shape = judge(layers[:index], image)["output"]
    kind, args = layers[index].kind, dict(layers[index].args)
    square = rng.choice([(0, 0), (1, 0), (0, 1)])
    match kind, rng.randrange(6):
        case "conv", 0:
            args["in_channels"] = args.get("groups", 1) * other(rng, args["in_channels"] // args.get("groups", 1))
        case "conv", 1:
            args["groups"] = rng.choice([rng.randint(2, 7), divisor(rng, args["in_channels"])])
        case "conv", 2:
            padding = args.get("padding", (0, 0))
            padding = (0, 0) if padding == "same" else padding
            args["padding"] = padding
            args["kernel_size"] = tuple(n + 2 * p + m for n, p, m in zip(shape[1:], padding, rng.choice(NEAR)))
        case "conv", 3:
            args["padding"], args["stride"] = "same", rng.choice([(2, 2), (1, 2), (1, 1), (3, 3)])
        case "conv" | "maxpool" | "avgpool", 4:
            args["stride"] = square
        case "maxpool" | "avgpool", 0 | 1:
            args["kernel_size"] = tuple(n + m for n, m in zip(shape[1:], rng.choice(NEAR)))
            args.pop("padding", None)
        case "maxpool" | "avgpool", 2 | 3:
            args["padding"] = tuple(k // 2 + m for k, m in zip(args["kernel_size"], rng.choice(NEAR)))
        case "conv" | "maxpool", 5:
            args["dilation"] = rng.choice([square, (4, 4), (7, 7)])
        case "fc", _:
            args["in_features"] = other(rng, args["in_features"])
        case "view", 0 | 1:
            sizes = list(args["sizes"])
            axis = rng.randrange(1, len(sizes))
            sizes[axis] = other(rng, sizes[axis])
            args["sizes"] = tuple(sizes)
        case "view", _:  # sizes that may fold some of the batch, or split an image
            n = math.prod(shape)
            args["sizes"] = (-1, rng.choice([2 * n, 3 * n, 6 * n, divisor(rng, n), divisor(rng, n)]))
        case "flatten", _:  # forgotten
            return layers[:index] + layers[index + 1 :]
        case _:
            return layers
    order = dict.fromkeys(["in_channels", "out_channels", "kernel_size", "stride", "padding", *args])
    return layers[:index] + [Layer(kind, {name: args[name] for name in order if name in args})] + layers[index + 1 :]


def write_verdicts(rng):
    lines, seen = [], set()

    def add(image, layers):
        line = dict(net=net_text(layers, rng), input=image, **judge(layers, image))
        if (line["net"], image) not in seen:
            seen.add((line["net"], image))
            lines.append(line)

    for n in (7, 8, 12, 17):  # the slides' own example
        for reshape in (view(225), FLATTEN):
            add((3, n, n), [conv(3, 9, 3), RELU, reshape, fc(225, 10)])
    while len(lines) < VERDICTS:
        image, layers = draw_chain(rng)
        if len(lines) % 2 == 1:
            layers = spoil(rng, image, layers)
            if not layers or judge(layers, image)["accepted"] and chance(rng, 0.8):
                continue
        add(image, layers)
    write_lines("verdicts", lines)


# --- golden numbers ----------------------------------------------------------------------------


def run(name, image, layers, rng, seed, batch):
    """One case of a golden file, or None where its numbers would tell little."""
    net = net_module(layers)
    params, count = fill(net, seed)
    x = units(2 * seed, 0, (batch, *image))
    y = net(x)
    if y[0].numel() > MAX_OUTPUTS or count > MAX_PARAMS and batch == 1:
        return None
    if not y.isfinite().all() or not y.any():
        return None
    rounding = (net.double()(x.double()) - y).abs().max().item()
    assert rounding < 2e-6, f"{name}: f32 and f64 differ by {rounding}"
    return dict(
        name=name, net=net_text(layers, rng), input=image, output=list(y.shape[1:]), param_count=count,
        params=params, seed=seed, batch=batch, expected=[float(f"{v:.9g}") for v in y.flatten().tolist()],
    )  # fmt: skip


def write_cases(rng):
    nets = [run(name, image, layers, rng, seed, 3) for seed, (name, _, image, layers) in enumerate(NETS)]
    chains, seen = [], set()
    while len(chains) < CHAINS:
        image, layers = draw_chain(rng)
        seed = len(NETS) + len(chains)
        case = run(f"case{len(chains):03}", image, layers, rng, seed, 1)
        if case and (case["net"], image) not in seen:
            seen.add((case["net"], image))
            chains.append(case)
    write_lines("nets", nets)
    write_lines("layers", chains)
    types = [name for _, name, _, _ in NETS] + [case["name"].title() for case in chains]
    write_rust(list(zip(types, nets + chains)))


def write_lines(name, lines):
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (HERE / "golden" / f"{name}.jsonl").write_text(text)


def write_rust(cases):
    """Every net as an item, and `for_each_case!` to call a macro with all of them."""
    lines = ["// Written by tests/parity/generate.py; do not edit.", "", "use cnn::network;", ""]
    for name, case in cases:
        image, output = ("x".join(map(str, case[shape])) for shape in ("input", "output"))
        lines.append(f"network! {{ pub {name}({image}) -> {output} {{ {case['net']} }} }}")
    lines += ["", "/// Calls `m!` with every net and the name of its golden numbers.", "#[rustfmt::skip]"]
    lines += ["macro_rules! for_each_case {", "    ($m:ident) => {", "        $m! {"]
    lines += [f'            {name} => "{case["name"]}",' for name, case in cases]
    lines += ["        }", "    };", "}", "pub(crate) use for_each_case;", ""]
    (HERE / "cases.rs").write_text("\n".join(lines))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    write_cases(random.Random(2512))
    write_verdicts(random.Random(8325))
