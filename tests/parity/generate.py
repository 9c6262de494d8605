"""PyTorch's numbers and verdicts, for the tests of parity.

Regenerate everything, from the root of the repository (a few seconds):

    pip install -r tests/parity/requirements.txt
    python tests/parity/generate.py

It writes, beside itself:

    golden/nets.jsonl         DummyNet and LeNet-5, a batch of 3 each
    golden/layers.jsonl       200 random chains of 1 to 4 layers, one image each
    golden/activations.jsonl  every function of one value on vectors and maps, one image each
    golden/bn.jsonl           60 random nets with batch normalisation, one image each
    golden/norms.jsonl        60 random nets with the other normalisations, one image each
    golden/transposed.jsonl   60 random nets with transposed convolutions, one image each
    golden/spatial.jsonl      150 random nets of the layers that move, resize and combine feature maps, one image each
    golden/verdicts.jsonl     400 random chains, about half of them wrong: what PyTorch says of each
    cases.rs                  the nets of all files but `verdicts`, for the macro to compile

A line of any file but `verdicts` is one case:

    name          "case000", in Rust the type `Case000`
    net, input    the architecture in our language, and the shape of one image
    output        the shape of one output: [10], or [9, 5, 5]
    param_count   the number of parameters
    params        their tensors in state_dict order, each [name, shape, shift]
    buffers       running statistics, likewise; their elements follow the parameters'
    seed, batch   where the inputs and parameters come from, and how many images
    expected      the outputs as f32, image by image
    scale         of `activations` alone: what inputs are multiplied by, every seventh of them by 0;
                  there the outputs are f64's, rounded

A line of `verdicts` has `net`, `input` and `accepted`; then `output`, or `layer` (the first one
at fault, counted from 0) and `error` (the first line of PyTorch's exception, or "folds the batch"
where PyTorch is content but no longer returns one row per image).

Inputs and parameters are numbers out of a hash, the same in every language:

    mix(x):           x ^= x >> 16;  x *= 0x7feb352d;  x ^= x >> 15;  x *= 0x846ca68b;  x ^= x >> 16
    unit(stream, i) = ((mix(stream * 0x9e3779b9 + i) >> 16) - 32768) / 32768

in wrapping 32-bit arithmetic: a multiple of 2^-15 in [-1, 1), exact in f32.
Element i of the batch of inputs, flat, is `unit(2 * seed, i)`; parameter i of the flat vector of
all parameters and buffers is `unit(2 * seed + 1, i) * 2^-shift`, `shift` being that of its tensor;
of a running_var 1 is added to it.
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
CHAINS, SPATIAL, NORMALISED, NORMS, TRANSPOSED, VERDICTS = 200, 150, 60, 60, 60, 400
SCALE = 30
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
    """Fills a net's parameters and buffers. Returns its `params`, `param_count` and, if there are any, `buffers`.

    Shifts keep the outputs of a layer O(1): its weights are scaled by about 1 / sqrt(fan in).
    """
    start = 0

    def filled(tensors):
        nonlocal start
        for name, tensor in tensors:
            shift = int(math.log2(tensor[0].numel()) / 2) if tensor.dim() > 1 else 1
            tensor.copy_(units(2 * seed + 1, start, tensor.shape) / 2**shift + name.endswith("running_var"))
            start += tensor.numel()
            yield [name, list(tensor.shape), shift]

    # PyTorch has a module's own tensors before those of its children; here they come as the layers do.
    in_order = sorted(net.named_parameters(), key=lambda item: net.names.index(item[0].split(".")[0]))
    params = list(filled(in_order))
    case = dict(param_count=start, params=params)
    buffers = list(filled(item for item in net.named_buffers() if not item[0].endswith("num_batches_tracked")))
    return case | (dict(buffers=buffers) if buffers else {})


# --- layers: one description, as text in our language and as a PyTorch module ------------------


class View(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes

    def forward(self, x):
        return x.view(self.sizes)


class LayerNorm2d(nn.LayerNorm):
    """Over the channels of each pixel, as torchvision's."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Linear2d(nn.Linear):
    """Over the channels of each pixel."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


@dataclass
class Layer:
    """`args` are PyTorch's own, by the names of its constructors; an absent one is its default."""

    kind: str
    args: dict

    def module(self):
        make = {
            "conv": nn.Conv2d, "fc": lambda channels=False, **rest: (Linear2d if channels else nn.Linear)(**rest),
            "maxpool": nn.MaxPool2d, "avgpool": nn.AvgPool2d,
            "relu": nn.ReLU, "softmax": lambda: nn.Softmax(dim=1), "flatten": nn.Flatten, "view": View,
            "relu6": nn.ReLU6, "leakyrelu": nn.LeakyReLU, "elu": nn.ELU, "selu": nn.SELU, "gelu": nn.GELU,
            "silu": nn.SiLU, "hardswish": nn.Hardswish, "hardsigmoid": nn.Hardsigmoid, "sigmoid": nn.Sigmoid,
            "tanh": nn.Tanh, "softplus": nn.Softplus, "mish": nn.Mish, "prelu": nn.PReLU,
            "logsoftmax": lambda: nn.LogSoftmax(dim=1), "lrn": nn.LocalResponseNorm, "dropout": nn.Dropout,
            "globalavgpool": lambda: nn.AdaptiveAvgPool2d(1), "globalmaxpool": lambda: nn.AdaptiveMaxPool2d(1),
            "adaptiveavgpool": nn.AdaptiveAvgPool2d, "adaptivemaxpool": nn.AdaptiveMaxPool2d,
            "pad": nn.ZeroPad2d, "upsample": nn.Upsample, "shuffle": nn.ChannelShuffle, "reshape": View,
            "bn": lambda vector, **rest: (nn.BatchNorm1d if vector else nn.BatchNorm2d)(**rest),
            "layernorm": lambda vector, **rest: (nn.LayerNorm if vector else LayerNorm2d)(**rest),
            "groupnorm": nn.GroupNorm, "convtranspose": nn.ConvTranspose2d,
            "layerscale": lambda shape: nn.Parameter(torch.empty(shape)),
            "depthwise": lambda channels, **rest: nn.Conv2d(channels, channels, groups=channels, **rest),
        }  # fmt: skip
        return make[self.kind](**self.args)

    def text(self, rng):
        """A square value is spelled either way, `k3` or `k3x3`."""
        args = []
        for name, value in self.args.items():
            match name, value:
                case "sizes", _ if self.kind == "reshape":
                    args.append(", ".join(map(str, value[1:])))
                case "padding", (left, right, top, bottom):
                    sides = dict(top=top, bottom=bottom, left=left, right=right)
                    if top == bottom and left == right and (rng.random() < 0.7 or not any(value)):
                        args.append(f"p{top}" if top == left else f"p{top}x{left}")
                    else:
                        args += [f"{name} = {zeros}" for name, zeros in sides.items() if zeros or rng.random() < 0.3]
                case "sizes", _:
                    args.append(", ".join(map(str, value)))
                case ("in_channels" | "in_features"), _:
                    args.append(f"{value} -> ")
                case ("out_channels" | "out_features"), _:
                    args[-1] += str(value)
                case ("groups" | "num_groups"), _:
                    args.append(f"g{value}")
                case "padding", "same":
                    args.append("same")
                case "output_padding", (h, w):
                    args.append(f"op{h}" if h == w and rng.random() < 0.8 else f"op{h}x{w}")
                case "channels", True:
                    args.append("channels")
                case ("kernel_size" | "stride" | "padding" | "dilation" | "output_size" | "scale_factor"), (h, w):
                    square = h == w and rng.random() < 0.8
                    args.append(name[0] + (f"{h}" if square else f"{h}x{w}"))
                case "bias", False:
                    args.append("nobias")
                case "ceil_mode", True:
                    args.append("ceil")
                case "count_include_pad", False:
                    args.append("exclude_pad")
                case "negative_slope", _:
                    args.append(f"slope = {value}")
                case "size", _:
                    args.append(f"n{value}")
                case ("affine" | "elementwise_affine"), False:
                    args.append("noaffine")
                case ("alpha" | "beta" | "k" | "threshold" | "p" | "eps" | "momentum"), _:
                    args.append(f"{name} = {value}")
                case "approximate", "tanh":
                    args.append("tanh")
                case "num_parameters", _:
                    args.append("channels")
                case "mode", mode:
                    args.append(mode)
                case "align_corners", True:
                    args.append("corners")
        return f"{self.kind}({', '.join(args)})" if args else self.kind


@dataclass
class Combinator:
    """Layers around others: `residual` and `scale` have one branch, or two where `else` stands."""

    kind: str
    branches: list

    def text(self, rng):
        first, *others = [net_text(branch, rng) for branch in self.branches]
        if self.kind in ("residual", "scale"):
            return f"{self.kind} {{ {first} }}" + "".join(f" else {{ {other} }}" for other in others)
        return f"{self.kind} {{ {' | '.join([first, *others])} }}"

    def join(self, x, branches):
        match self.kind:
            case "residual":
                return branches[0](x) + (branches[1](x) if branches[1:] else x)
            case "scale":
                return x * branches[0](x)
            case "concat":
                return torch.cat([branch(x) for branch in branches], dim=1)
            case "split":
                parts = x.chunk(len(branches), dim=1)
                return torch.cat([branch(part) for branch, part in zip(branches, parts, strict=True)], dim=1)


class Tree(nn.Module):
    """Nested layers. However deep, each is named by its kind and its number in the text."""

    def __init__(self, nodes):
        super().__init__()
        self.count, self.names = {}, []
        self.body = self.build(nodes)

    def build(self, nodes):
        steps = [self.step(node) for node in nodes]

        def body(x):
            for step in steps:
                x = step(x)
            return x

        return body

    def step(self, node):
        if isinstance(node, Combinator):
            branches = [self.build(branch) for branch in node.branches]
            return lambda x: node.join(x, branches)
        self.count[node.kind] = self.count.get(node.kind, 0) + 1
        module = node.module()
        name = f"{node.kind}{self.count[node.kind]}"
        self.names.append(name)
        if isinstance(module, nn.Parameter):
            self.register_parameter(name, module)
            return lambda x: x * getattr(self, name)
        self.add_module(name, module)
        return module

    def forward(self, x):
        return self.body(x)


def net_text(layers, rng):
    """`conv(3 -> 9, k3) relu; flatten`: a ReLU stands on the line of its layer."""
    text = ""
    for layer in layers:
        separator = "" if not text else " " if layer.kind == "relu" else "; "
        text += separator + layer.text(rng)
    return text


def net_module(layers):
    """The layers as a module that names each by its kind and number."""
    return Tree(layers)


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


# --- random layers that move, resize and combine feature maps -----------------------------------


def shape_of(nodes, shape):
    return tuple(net_module(nodes)(torch.zeros(1, *shape)).shape[1:])


def draw_spatial(rng, shape):
    """One of the layers whose output's size the input's alone decides, or that only move values."""
    channels, *size = shape
    kind = rng.choice(SPATIAL_KINDS)
    match kind:
        case "adaptiveavgpool" | "adaptivemaxpool":
            return Layer(kind, dict(output_size=pair(rng, [1, 2, 3, 4, 5, 7, *size])))
        case "pad":
            sides = tuple(rng.choice([0, 0, 1, 1, 2, 3]) for _ in range(4))
            y, x = pair(rng, [0, 1, 2, 3])
            return Layer("pad", dict(padding=(x, x, y, y) if chance(rng, 0.5) else sides if any(sides) else (1, 0, 0, 0)))
        case "upsample":
            args = dict(scale_factor=pair(rng, [1, 2, 2, 3, 4]))
            if chance(rng, 0.6):
                args["mode"] = "bilinear"
                if chance(rng, 0.5):
                    args["align_corners"] = True
            return Layer("upsample", args)
        case "shuffle":
            return Layer("shuffle", dict(groups=divisor(rng, channels)))
        case "depthwise":
            return draw_depthwise(rng, shape)
        case "reshape":
            return Layer("reshape", draw_view(rng, shape).args)
    return Layer(kind, {})


SPATIAL_KINDS = [
    "globalavgpool", "globalmaxpool", "adaptiveavgpool", "adaptivemaxpool", "pad", "upsample", "shuffle", "depthwise",
    "reshape",
]  # fmt: skip


def draw_depthwise(rng, shape, keep=False):
    args = dict(channels=shape[0], kernel_size=pair(rng, [1, 2, 3, 3, 5]))
    if keep or chance(rng, 0.3):
        args["padding"] = "same"
    else:
        args["stride"], args["padding"] = pair(rng, [1, 2, 3]), pair(rng, [0, 1, 2])
    if chance(rng, 0.3):
        args["dilation"] = pair(rng, [1, 2])
    if chance(rng, 0.3):
        args["bias"] = False
    return Layer("depthwise", args)


def window(kind, channels=None, out=None):
    """A conv or pool with a window of 3×3 that keeps the image's size."""
    args = dict(kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    return Layer(kind, dict(in_channels=channels, out_channels=out, **args) if kind == "conv" else args)


def mix_to(rng, channels, out):
    """Layers from some channels to others, image or vector, that keep the image's size."""
    return rng.choice([conv(channels, out, 1), window("conv", channels, out)])


def draw_kept(rng, shape, depth, least=0):
    """Layers that keep height and width, and the shape behind them."""
    nodes, first = [], shape
    for _ in range(rng.randint(least, 3)):
        channels = shape[0]
        kinds = ["conv", "conv", "relu", "pool", "shuffle", "depthwise", "resized"]
        kinds += ["residual", "shortcut", "concat", "split", "scale"] * (depth > 0)
        match rng.choice(kinds):
            case "conv":
                nodes.append(mix_to(rng, channels, rng.choice([channels, rng.randint(1, 19)])))
            case "relu":
                nodes.append(RELU)
            case "pool":
                nodes.append(window(rng.choice(["maxpool", "avgpool"])))
            case "shuffle":
                nodes.append(Layer("shuffle", dict(groups=divisor(rng, channels))))
            case "depthwise":
                nodes.append(draw_depthwise(rng, shape, keep=True))
            case "resized":
                nodes += draw_resized(rng, shape)
            case kind:
                nodes.append(draw_combinator(rng, kind, shape, depth - 1))
        shape = shape_of(nodes, first)
        if nodes[-1] != RELU and chance(rng, 0.3):
            nodes.append(RELU)
    return nodes, shape


def draw_resized(rng, shape):
    """Layers that change height and width, and bring them back."""
    channels, *size = shape
    match rng.randrange(4):
        case 0:
            return [Layer("pad", dict(padding=(1, 1, 1, 1))), Layer("depthwise", dict(channels=channels, kernel_size=(3, 3)))]
        case 1:
            bilinear = dict(mode="bilinear") if chance(rng, 0.5) else {}
            return [Layer("upsample", dict(scale_factor=(2, 2), **bilinear)), maxpool(2)]
        case 2:
            kind = rng.choice(["adaptiveavgpool", "adaptivemaxpool"])
            return [Layer(kind, dict(output_size=(5, 3))), Layer(kind, dict(output_size=tuple(size)))]
    return [Layer("reshape", dict(sizes=(-1, math.prod(shape)))), Layer("reshape", dict(sizes=(-1, *shape)))]


def draw_combinator(rng, kind, shape, depth, keep=True):
    """One that keeps height and width, or may halve them."""
    channels, *size = shape
    match kind:
        case "residual":
            body, (made, *_) = draw_kept(rng, shape, depth, 1)
            return Combinator("residual", [body if made == channels else body + [mix_to(rng, made, channels)]])
        case "shortcut":
            body, (made, *_) = draw_kept(rng, shape, depth)
            other, (beside, *_) = draw_kept(rng, shape, depth)
            out = rng.randint(1, 19)
            if not keep and min(size) > 1 and chance(rng, 0.6):
                halve = dict(out_channels=out, kernel_size=(1, 1), stride=(2, 2))
                ends = [Layer("conv", dict(in_channels=n, **halve)) for n in (made, beside)]
            else:
                ends = [mix_to(rng, n, out) for n in (made, beside)]
            return Combinator("residual", [body + ends[:1], other + ends[1:]])
        case "scale":
            if chance(rng, 0.3):
                body, (made, *_) = draw_kept(rng, shape, depth)
                return Combinator("scale", [body + [mix_to(rng, made, channels)]])
            squeezed = rng.randint(1, 6)
            pool = Layer(rng.choice(["globalavgpool", "globalmaxpool"]), {})
            return Combinator("scale", [[pool, conv(channels, squeezed, 1), RELU, conv(squeezed, channels, 1)]])
        case "split":
            parts = rng.choice([n for n in (1, 2, 3, 4, 5) if channels % n == 0])
            shape = (channels // parts, *size)
            return Combinator("split", [draw_kept(rng, shape, depth)[0] for _ in range(parts)])
    return Combinator("concat", [draw_kept(rng, shape, depth)[0] for _ in range(rng.randint(2, 4))])


def draw_vectors(rng, n):
    """Combinators of vectors."""
    m = rng.randint(1, 19)
    square = lambda: [fc(n, m), RELU, fc(m, n)]
    match rng.choice(["residual", "shortcut", "concat", "scale"]):
        case "residual":
            return Combinator("residual", [square()])
        case "shortcut":
            return Combinator("residual", [square()[:2], [fc(n, m)]])
        case "concat":
            return Combinator("concat", [[fc(n, m)], [], [RELU]])
        case "scale":
            return Combinator("scale", [square()])


def draw_net(rng, index):
    """An image's shape and a net, its output small."""
    image = (rng.randint(1, 19), *pair(rng, [1, 2, 3, 4, 5, 6, 7, 9]))
    layers, shape = [], image
    for _ in range(rng.randint(1, 3)):
        if len(shape) == 1:
            layers.append(draw_vectors(rng, shape[0]))
        elif index % 2 == 0:
            layers.append(draw_spatial(rng, shape))
        else:
            kind, depth = rng.choice(["residual", "shortcut", "concat", "split", "scale"]), rng.choice([0, 0, 1, 1, 2])
            layers.append(draw_combinator(rng, kind, shape, depth, keep=False))
        try:
            shape = shape_of(layers, image)
        except RuntimeError:
            return None
        if math.prod(shape) > 4000:
            return None
    if len(shape) == 3 and chance(rng, 0.3):
        layers += [FLATTEN, draw_vectors(rng, math.prod(shape))]
    shape = shape_of(layers, image)
    if math.prod(shape) > MAX_OUTPUTS and len(shape) == 1:
        layers.append(fc(shape[0], rng.randint(1, 9)))
    elif math.prod(shape) > MAX_OUTPUTS:
        tail = rng.choice(["globalavgpool", "globalmaxpool", "fc", "conv"])
        out = rng.randint(1, 4)
        last = conv(shape[0], out, 1) if tail == "conv" else Layer(tail, {})
        layers += [FLATTEN, fc(math.prod(shape), out)] if tail == "fc" else [last]
    return (image, layers) if layers else None


# --- random nets with batch normalisation ---------------------------------------------------------


def bn(rng, shape):
    args = dict(num_features=shape[0], vector=len(shape) == 1)
    if chance(rng, 0.3):
        args["eps"] = rng.choice([0.001, 0.1])
    if chance(rng, 0.2):
        args["momentum"] = 0.01
    if chance(rng, 0.2):
        args["affine"] = False
    return Layer("bn", args)


def draw_normalised(rng, _):
    """Batch normalisation of what convolutions, pools and `fc` make, of the image itself, and of values that are read twice."""
    image = (rng.randint(1, 19), *pair(rng, [1, 2, 3, 5, 8]))
    layers, shape = [], image
    for _ in range(rng.randint(1, 4)):
        kinds = ["conv", "conv", "depthwise", "maxpool", "none", "flatten"] if len(shape) == 3 else ["fc", "fc", "none"]
        match rng.choice(kinds):
            case "conv":
                drawn = [draw_conv(rng, shape)]
            case "depthwise":
                drawn = [draw_depthwise(rng, shape, keep=True)]
            case "maxpool":
                drawn = [draw_pool(rng, shape, "maxpool")]
            case "fc":
                drawn = [fc(shape[0], rng.randint(1, 19))]
            case "flatten":
                drawn = [FLATTEN]
            case "none":
                drawn = []
        verdict = judge(drawn, shape)
        if not verdict["accepted"]:
            continue
        shape = tuple(verdict["output"])
        layers += [*drawn, Combinator("residual", [[bn(rng, shape)]]) if chance(rng, 0.2) else bn(rng, shape)]
        layers += [RELU] * chance(rng, 0.5)
    if math.prod(shape) > MAX_OUTPUTS:
        layers += [FLATTEN] * (len(shape) == 3) + [fc(math.prod(shape), rng.randint(1, 9))]
    return (image, layers) if layers else None


# --- random nets with other normalisations --------------------------------------------------------


def norm(rng, kind, shape):
    """A normalisation of what arrives, or a learned factor."""
    channels, vector = shape[0], len(shape) == 1
    args = dict(eps=rng.choice([0.001, 0.1])) if chance(rng, 0.3) else {}
    match kind:
        case "layernorm":
            args = dict(normalized_shape=channels, vector=vector) | args
            return Layer(kind, args | (dict(elementwise_affine=False) if chance(rng, 0.2) else {}))
        case "groupnorm":
            args = dict(num_groups=divisor(rng, channels), num_channels=channels) | args
            return Layer(kind, args | (dict(affine=False) if chance(rng, 0.2) else {}))
    return Layer("layerscale", dict(shape=(channels,) if vector else (channels, 1, 1)))


def pointwise(i, o):
    return Layer("fc", dict(in_features=i, out_features=o, channels=True))


def convnext(rng, shape):
    """A block of ConvNeXt."""
    channels, wide = shape[0], rng.randint(1, 19)
    body = [
        draw_depthwise(rng, shape, keep=True), norm(rng, "layernorm", shape), pointwise(channels, wide),
        Layer("gelu", {}), pointwise(wide, channels), norm(rng, "layerscale", shape),
    ]  # fmt: skip
    return [Combinator("residual", [body])]


def draw_norms(rng, _):
    """Normalisations of planar images, of blocks, of vectors in either order, and of values that are read twice."""
    image = (rng.randint(1, 19), *pair(rng, [1, 2, 3, 5, 8]))
    layers, shape = [], image
    for _ in range(rng.randint(1, 4)):
        kinds = ["conv", "maxpool", "fc", "convnext", "none", "flatten"] if len(shape) == 3 else ["fc", "none"]
        match rng.choice(kinds):
            case "conv":
                drawn = [draw_conv(rng, shape)]
            case "maxpool":
                drawn = [draw_pool(rng, shape, "maxpool")]
            case "fc":
                drawn = [(fc if len(shape) == 1 else pointwise)(shape[0], rng.randint(1, 19))]
            case "convnext":
                drawn = convnext(rng, shape)
            case "flatten":
                drawn = [FLATTEN]
            case "none":
                drawn = []
        if not judged(drawn, shape):
            continue
        shape = judged(drawn, shape)
        last = norm(rng, rng.choice(["layernorm", "groupnorm", "groupnorm", "layerscale"]), shape)
        layers += [*drawn, Combinator("residual", [[last]]) if chance(rng, 0.2) else last]
        layers += [RELU] * chance(rng, 0.4)
    return small(rng, image, layers)


def judged(layers, shape):
    """The shape that leaves, or None where PyTorch raises."""
    try:
        return tuple(net_module(layers).eval()(torch.zeros(1, *shape)).shape[1:])
    except (RuntimeError, ValueError):
        return None


def small(rng, image, layers):
    """The net with few outputs; None where there is no layer, or PyTorch raises."""
    shape = layers and judged(layers, image)
    if shape and math.prod(shape) > MAX_OUTPUTS:
        layers = layers + [FLATTEN] * (len(shape) == 3) + [fc(math.prod(shape), rng.randint(1, 9))]
    return (image, layers) if shape else None


# --- random nets with transposed convolutions -----------------------------------------------------


def draw_convtranspose(rng, channels):
    groups = rng.choice([1, 1, channels, divisor(rng, channels)])
    args = dict(in_channels=channels, out_channels=groups * rng.randint(1, max(1, 19 // groups)))
    args["kernel_size"] = pair(rng, [1, 2, 3, 3, 4, 5])
    if chance(rng, 0.7):
        args["stride"] = pair(rng, [1, 2, 2, 3, 4])
    if chance(rng, 0.5):
        args["padding"] = pair(rng, [0, 1, 1, 2, 3])
    if chance(rng, 0.3):
        args["dilation"] = pair(rng, [1, 2, 2, 3])
    if chance(rng, 0.4):
        steps = zip(args.get("stride", (1, 1)), args.get("dilation", (1, 1)))
        args["output_padding"] = tuple(rng.randrange(max(step)) for step in steps)
    if groups > 1:
        args["groups"] = groups
    if chance(rng, 0.25):
        args["bias"] = False
    return Layer("convtranspose", args)


def draw_transposed(rng, _):
    """Transposed convolutions of planar images and of blocks, with what stands around them in decoders."""
    image = (rng.randint(1, 19), *pair(rng, [1, 1, 2, 3, 4, 5]))
    layers, shape = [], image
    for _ in range(rng.randint(1, 3)):
        before = {"conv": [draw_conv(rng, shape)], "maxpool": [draw_pool(rng, shape, "maxpool")], "none": []}
        drawn = before[rng.choice([*before, "none"])]
        between = judged(drawn, shape)
        if not between:
            continue
        drawn = [*drawn, draw_convtranspose(rng, between[0])]
        behind = judged(drawn, shape)
        if not behind or math.prod(behind) > 4000:
            continue
        last = rng.choice(["bn", "relu", "groupnorm", "none", "none"])
        drawn += [bn(rng, behind)] * (last == "bn") + [norm(rng, last, behind)] * (last == "groupnorm")
        layers += drawn + [RELU] * (last == "relu" or chance(rng, 0.2))
        shape = behind
    return small(rng, image, layers)


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


def activations():
    """Images and layers: each function of a vector, of maps as they arrive, and of maps in blocks."""
    functions = [
        ("relu6", {}), ("leakyrelu", {}), ("leakyrelu", dict(negative_slope=-0.5)), ("elu", {}),
        ("elu", dict(alpha=2.5)), ("selu", {}), ("gelu", {}), ("gelu", dict(approximate="tanh")), ("silu", {}),
        ("hardswish", {}), ("hardsigmoid", {}), ("sigmoid", {}), ("tanh", {}), ("softplus", {}),
        ("softplus", dict(beta=0.5, threshold=3)), ("softplus", dict(beta=2.5, threshold=1e3)), ("mish", {}),
        ("logsoftmax", {}), ("dropout", {}), ("dropout", dict(p=1.0)), ("prelu", {}),
    ]  # fmt: skip
    block = maxpool(1)  # moves maps into blocks, and leaves their values
    for kind, args in functions:
        layer = Layer(kind, args)
        yield (13,), [layer]
        yield (3, 3, 4), [layer]
        yield (9, 2, 3), [block, layer]
        yield (9, 1, 2), [block, layer, FLATTEN, layer]
    per_channel = {n: Layer("prelu", dict(num_parameters=n)) for n in (3, 9, 13, 18)}
    yield (13,), [per_channel[13]]
    yield (3, 3, 4), [per_channel[3]]
    yield (9, 2, 3), [block, per_channel[9], per_channel[9]]
    yield (9, 1, 2), [block, FLATTEN, per_channel[18], view(9, 1, 2), per_channel[9]]
    yield (3, 3, 4), [Layer("lrn", dict(size=5))]
    yield (9, 2, 3), [block, Layer("lrn", dict(size=2, alpha=0.5, beta=0.5, k=2.0)), block]
    yield (13, 1, 2), [Layer("lrn", dict(size=3, alpha=0.01))]


def run_activation(name, image, layers, rng, seed):
    """One case of `activations`."""
    net = net_module(layers).eval()
    filled = fill(net, seed)
    x = SCALE * units(2 * seed, 0, (1, *image))
    x.flatten()[::7] = 0
    y, exact = net(x), net.double()(x.double())
    assert ((exact - y).abs() <= 4e-6 * exact.abs().clamp(min=1)).all(), name
    return dict(
        name=name, net=net_text(layers, rng), input=image, output=list(y.shape[1:]), **filled, seed=seed, batch=1,
        expected=[float(f"{v:.9g}") for v in exact.flatten().tolist()], scale=SCALE,
    )  # fmt: skip


def run(name, image, layers, rng, seed, batch):
    """One case of a golden file, or None where its numbers would tell little."""
    net = net_module(layers).eval()
    filled = fill(net, seed)
    x = units(2 * seed, 0, (batch, *image))
    y = net(x)
    if y[0].numel() > MAX_OUTPUTS or filled["param_count"] > MAX_PARAMS and batch == 1:
        return None
    if not y.isfinite().all() or not y.any():
        return None
    rounding = (net.double()(x.double()) - y).abs().max().item()
    if rounding > 2e-6:
        return None
    return dict(
        name=name, net=net_text(layers, rng), input=image, output=list(y.shape[1:]), **filled, seed=seed, batch=batch,
        expected=[float(f"{v:.9g}") for v in y.flatten().tolist()],
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
    spatial = draw_cases("spatial", SPATIAL, draw_net, random.Random(4417), len(NETS) + len(chains))
    write_lines("nets", nets)
    write_lines("layers", chains)
    first = len(NETS) + CHAINS + SPATIAL
    functions = [
        run_activation(f"activation{i:02}", image, layers, random.Random(i), first + i)
        for i, (image, layers) in enumerate(activations())
    ]
    write_lines("activations", functions)
    write_lines("spatial", spatial)
    normalised = draw_cases("bn", NORMALISED, draw_normalised, random.Random(1502), first + len(functions))
    write_lines("bn", normalised)
    first += len(functions) + NORMALISED
    norms = draw_cases("norm", NORMS, draw_norms, random.Random(1607), first)
    write_lines("norms", norms)
    transposed = draw_cases("transposed", TRANSPOSED, draw_transposed, random.Random(1603), first + NORMS)
    write_lines("transposed", transposed)
    drawn = chains + spatial + functions + normalised + norms + transposed
    types = [name for _, name, _, _ in NETS] + [case["name"].title() for case in drawn]
    write_rust(list(zip(types, nets + drawn)))


def draw_cases(name, count, draw, rng, first_seed):
    cases, seen = [], set()
    while len(cases) < count:
        drawn = draw(rng, len(cases))
        case = drawn and run(f"{name}{len(cases):03}", *drawn, rng, first_seed + len(cases), 1)
        if case and (case["net"], drawn[0]) not in seen:
            seen.add((case["net"], drawn[0]))
            cases.append(case)
    return cases


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
