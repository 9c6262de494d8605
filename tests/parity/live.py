"""PyTorch, live: random nets out of the whole grammar, and the catalogue, for `cargo xtask parity`.

    python tests/parity/live.py draw FOLDER [--nets 300] [--seed 1] [--random-only]
    python tests/parity/live.py reload FOLDER …

`draw` writes into FOLDER

    nets.jsonl            a line for each net: `name`, `source` (the net in our language; None for the catalogue's, which is
                          the file `examples/specs/NAME.cnn`) and `output`, the shape of one output
    NAME.safetensors      its state_dict, as `safetensors.torch.save_file` writes it
    NAME.io.safetensors   `input`, three random images, and `output`, what the net makes of them in eval mode
    verdicts.jsonl        random chains, about half of them wrong: `source`, and `output`, or None where PyTorch raises

`reload` draws the same nets again, loads each NAME.saved.safetensors into its module with `load_state_dict(strict=True)`,
and compares it with NAME.safetensors, bit for bit. It prints a line for each net, `ok NAME` or `FAILED NAME: why`.
"""

import argparse
import json
import random
import re
import warnings
from collections import OrderedDict
from pathlib import Path
from zlib import crc32

import torch
from safetensors.torch import load_file, save_file
from torch import nn

import generate as g
import zoo

BATCH = 3
MAX_OUTPUTS, MAX_PARAMS = 4000, 40_000
# Nets that amplify rounding tell little: f32 and f64 differ by less than this part of the outputs' rms.
MAX_ROUNDING = 1e-5

ACTIVATIONS = [
    ("relu", {}), ("relu6", {}), ("leakyrelu", dict(negative_slope=0.2)), ("elu", dict(alpha=0.5)), ("selu", {}), ("gelu", {}),
    ("gelu", dict(approximate="tanh")), ("silu", {}), ("hardswish", {}), ("hardsigmoid", {}), ("sigmoid", {}), ("tanh", {}),
    ("softplus", dict(beta=2.0)), ("mish", {}), ("dropout", {}), ("prelu", {}), ("softmax", {}), ("logsoftmax", {}),
    ("lrn", dict(size=3, alpha=0.5)),
]  # fmt: skip


# --- nets: layers with labels, groups, blocks and repeats around them ----------------------------


class Net(nn.Module):
    """A net, its text in our language, and for each of its modules the name that our language gives it."""

    def __init__(self, rng, image, nodes):
        super().__init__()
        self.rng, self.names, self.blocks, self.labels = rng, {}, [], 0
        scope = Scope("")
        text, self.body = self.sequence(nodes, scope, image, top=True)
        shape = "x".join(map(str, image))
        blocks = "".join(block + "\n" for block in self.blocks)
        self.source = f"{blocks}pub NAME({shape}) {{ {text} }}"

    def forward(self, x):
        return self.body(x)

    def sequence(self, nodes, scope, shape, top=False):
        """Layers one behind the other: their text, and their function. `shape` is None where it is not known."""
        texts, steps = [], []
        while nodes:
            size = self.rng.randint(1, len(nodes))
            part, nodes = nodes[:size], nodes[size:]
            text, step = self.part(part, scope, shape if top else None)
            texts.append(text)
            steps.append(step)
            shape = shape and after(part, shape)
        return "; ".join(texts), chain(steps)

    def part(self, nodes, scope, shape):
        """Layers as they are, or in a group or a block, once or repeated where their shape stays."""
        kind = self.rng.choice(["plain", "plain", "group", "labelled", "block", "repeat", "repeat"])
        keeps = shape and after(nodes, shape) == shape and after(nodes, shape)
        match kind:
            case "group":
                text, step = self.plain(nodes, scope)
                return f"{{ {text} }}", step
            case "labelled":
                label = self.label()
                text, step = self.plain(nodes, scope.inside(label))
                return f"{label}: {{ {text} }}", step
            case "block" if not any(isinstance(node, g.Combinator) for node in nodes):
                return self.block(nodes, scope)
            case "repeat" if keeps:
                label, times = self.label(), self.rng.randint(1, 3)
                turns = [self.plain(nodes, scope.inside(f"{label}.{turn}"), seed=label) for turn in range(times)]
                return f"{label}: {{ {turns[0][0]} }} * {times}", chain([step for _, step in turns])
        return self.plain(nodes, scope)

    def block(self, nodes, scope):
        """Layers in a block whose parameter is the outputs of its first convolution or `fc`."""
        name = f"block{len(self.blocks)}"
        used = f"{self.label()}" if g.chance(self.rng, 0.5) else None
        inner = scope.inside(used or f"{name}1")
        self.blocks.append(None)
        at = len(self.blocks) - 1
        text, step = self.plain(nodes, inner)
        found = re.search(r"-> (\d+)", text)
        if found:
            value, text = found[1], text[: found.start(1)] + "2 * c - c" + text[found.end(1) :]
            self.blocks[at] = f"block {name}(c) {{ {text} }}"
        else:
            value, self.blocks[at] = "", f"block {name} {{ {text} }}"
        call = f"{name}({value})" if value else name
        return (f"{used}: {call}" if used else call), step

    def plain(self, nodes, scope, seed=None):
        """Layers one behind the other, with the same labels for the same seed."""
        rng = random.Random(seed) if seed else self.rng
        written = [self.node(node, scope, rng) for node in nodes]
        return " ".join(text for text, _ in written), chain([step for _, step in written])

    def node(self, node, scope, rng):
        if isinstance(node, g.Combinator):
            return self.combinator(node, scope, rng)
        label = f"layer{rng.randrange(10**6)}" + rng.choice(["", ".0.conv", "-1.a"]) if g.chance(rng, 0.3) else None
        name = scope.prefix + (label or scope.next(node.kind))
        text = node.text(rng)
        if g.chance(rng, 0.4) and not isinstance(node, Rows):
            text = re.sub(r"\d+ ->", "_ ->", text)
        if g.chance(rng, 0.3):
            text = re.sub(r"\bk(\d+)\b", r"kernel = \1", text)
        module = node.module()
        self.names[f"m{len(self.names)}"] = name
        own = f"m{len(self.names) - 1}"
        if isinstance(module, nn.Parameter):
            self.register_parameter(own, module)
            step = lambda x: x * getattr(self, own)
        else:
            self.add_module(own, module)
            step = module
        return (f"{label}: {text}" if label else text), step

    def combinator(self, node, scope, rng):
        # Labels inside need scopes of their own, which a label of the combinator opens.
        label = f"join{rng.randrange(10**6)}" if g.chance(rng, 0.3) else None
        inner = scope.inside(label) if label else scope
        branches = [self.plain(branch, inner, rng.random()) for branch in node.branches]
        first, *others = [text for text, _ in branches]
        if node.kind in ("residual", "scale"):
            text = f"{node.kind} {{ {first} }}" + "".join(f" else {{ {other} }}" for other in others)
        else:
            text = f"{node.kind} {{ {' | '.join([first, *others])} }}"
        steps = [step for _, step in branches]
        return (f"{label}: {text}" if label else text), lambda x: node.join(x, steps)

    def label(self):
        self.labels += 1
        return self.rng.choice(["stage{}", "part{}.0", "branch{}-a"]).format(self.labels)

    def renamed(self):
        """The state_dict by our names."""
        return {self.rename(key): tensor.contiguous() for key, tensor in self.state_dict().items()}

    def rename(self, key):
        own, _, rest = key.partition(".")
        return self.names[own] + (f".{rest}" if rest else "")

    def load(self, tensors):
        back = {self.rename(key): key for key in self.state_dict()}
        self.load_state_dict({back[name]: tensor for name, tensor in tensors.items()}, strict=True)


class Scope:
    """Where layers without a label are counted."""

    def __init__(self, prefix):
        self.prefix, self.counts = prefix, {}

    def next(self, kind):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind}{self.counts[kind]}"

    def inside(self, name):
        return Scope(f"{self.prefix}{name}.")


def chain(steps):
    def run(x):
        for step in steps:
            x = step(x)
        return x

    return run


def after(nodes, shape):
    """The shape behind layers; None where PyTorch raises."""
    return g.judged(nodes, shape)


def with_activations(rng, image, nodes):
    """The same layers with functions of one value between some of them, or of a few channels."""
    between = []
    for node in nodes:
        between.append(node)
        if not g.chance(rng, 0.3):
            continue
        kind, args = rng.choice(ACTIVATIONS)
        shape = after(between, image)
        if kind == "prelu" and shape and g.chance(rng, 0.5):
            args = dict(num_parameters=shape[0])
        if kind != "lrn" or shape and len(shape) == 3:
            between.append(g.Layer(kind, args))
    return between


class Rows(g.Layer):
    """A linear layer of each row: its width is written, since of feature maps `_` does not mean that."""


def draw_rows(rng, _):
    """Linear layers of each row of feature maps, planar and in blocks."""
    image = (rng.randint(1, 19), *g.pair(rng, [1, 2, 3, 5, 8]))
    before = [g.draw_conv(rng, image)] if g.chance(rng, 0.5) else []
    shape = after(before, image)
    if not shape:
        return None
    nodes = [*before, Rows("fc", dict(in_features=shape[2], out_features=rng.randint(1, 19)))]
    return image, nodes + [g.bn(rng, after(nodes, image))] * g.chance(rng, 0.5)


def draw_nodes(rng, index):
    """An image's shape and layers that PyTorch accepts for it; None for a draw that it does not."""
    draws = [lambda rng, _: g.draw_chain(rng), draw_rows, g.draw_net, g.draw_net, g.draw_normalised, g.draw_norms, g.draw_transposed]
    drawn = draws[index % len(draws)](rng, rng.randrange(2))
    if not drawn:
        return None
    image, nodes = drawn
    nodes = with_activations(rng, image, nodes)
    shape = after(nodes, image)
    return (image, nodes) if shape and torch.Size(shape).numel() <= MAX_OUTPUTS else None


def randomise(net, rng):
    """Parameters that keep the outputs of a layer about as large as its inputs, and random statistics."""
    random_numbers = torch.Generator().manual_seed(rng.randrange(2**32))
    for name, tensor in [*net.named_parameters(), *net.named_buffers()]:
        if name.endswith("num_batches_tracked"):
            tensor.fill_(7)
            continue
        fan_in = tensor[0].numel() if tensor.dim() > 1 else 4
        tensor.copy_(torch.rand(tensor.shape, generator=random_numbers) * 2 - 1).mul_(fan_in**-0.5)
        if name.endswith("running_var"):
            tensor.add_(1)


def run(net, x):
    """What a net makes of images; None where that tells little, or nothing: some of PyTorch's kernels accept no pixels."""
    y = net(x)
    if not y.numel():
        return None
    scale = y.square().mean().sqrt().item()
    if not y.isfinite().all() or scale < 1e-4:
        return None
    try:
        exact = net.double()(x.double())
    except RuntimeError:
        return None
    finally:
        net.float()
    return y if (exact - y).abs().max().item() / scale < MAX_ROUNDING else None


def random_nets(count, seed):
    """Names, nets, images and outputs; the same for the same seed."""
    rng, made, index = random.Random(seed), 0, 0
    while made < count:
        index += 1
        drawn = draw_nodes(rng, index)
        if drawn is None:
            continue
        image, nodes = drawn
        net = Net(rng, image, nodes).eval()
        randomise(net, rng)
        x = torch.rand((BATCH, *image), generator=torch.Generator().manual_seed(rng.randrange(2**32))) * 2 - 1
        y = run(net, x)
        if y is None or sum(p.numel() for p in net.parameters()) > MAX_PARAMS:
            continue
        yield f"net{made:04}", net, x, y
        made += 1


def catalogue():
    """The nets of examples/specs, likewise."""
    for name in [*zoo.OWN, *zoo.CATALOGUE]:
        net, image = zoo.module(name)
        seed = crc32(name.encode()) % 10_000
        x = zoo.noise_on_bands(seed, image)
        net.eval().double()
        zoo.fill(net, seed, x.double())
        yield name, net.float(), x, net(x)


def all_nets(count, seed, random_only):
    yield from random_nets(count, seed)
    if not random_only:
        yield from catalogue()


def draw(folder, nets, seed, random_only):
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, net, x, y in all_nets(nets, seed, random_only):
        ours = isinstance(net, Net)
        tensors = net.renamed() if ours else {key: tensor.contiguous() for key, tensor in net.state_dict().items()}
        save_file(tensors, folder / f"{name}.safetensors")
        save_file(dict(input=x.contiguous(), output=y.contiguous().clone()), folder / f"{name}.io.safetensors")
        source = net.source.replace("NAME", name.title()) if ours else None
        lines.append(dict(name=name, source=source, output=list(y.shape[1:])))
    write_lines(folder / "nets.jsonl", lines)
    write_lines(folder / "verdicts.jsonl", verdicts(nets, random.Random(seed + 1)))


def verdicts(count, rng):
    """Chains as they are, and with a layer made wrong."""
    lines = []
    while len(lines) < count:
        image, layers = g.draw_chain(rng)
        if len(lines) % 2 == 1:
            layers = g.spoil(rng, image, layers)
            if not layers or g.judge(layers, image)["accepted"] and g.chance(rng, 0.8):
                continue
        source = f"pub Net({'x'.join(map(str, image))}) {{ {g.net_text(layers, rng)} }}"
        lines.append(dict(source=source, output=g.judge(layers, image).get("output")))
    return lines


def write_lines(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def with_version(net, tensors):
    """The tensors with the net's own version, which safetensors files lack, PyTorch's too: MNASNet asks for one."""
    tensors = OrderedDict(tensors)
    tensors._metadata = {"": net.state_dict()._metadata[""]}
    return tensors


def reload(folder, nets, seed, random_only):
    for name, net, _, _ in all_nets(nets, seed, random_only):
        try:
            saved, original = (load_file(folder / f"{name}.{kind}") for kind in ("saved.safetensors", "safetensors"))
            net.load(saved) if isinstance(net, Net) else net.load_state_dict(with_version(net, saved), strict=True)
            original = {name: t for name, t in original.items() if not name.endswith("num_batches_tracked")}
            differ = [key for key in original if not torch.equal(original[key], saved.get(key, torch.empty(0)))]
            assert not differ and original.keys() == saved.keys(), f"{differ} {original.keys() ^ saved.keys()}"
            print(f"ok {name}")
        except Exception as error:
            print(f"FAILED {name}: load_state_dict: {str(error).splitlines()[0]}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=["draw", "reload"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--nets", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random-only", action="store_true", help="leave the catalogue out")
    args = parser.parse_args()
    dict(draw=draw, reload=reload)[args.task](args.folder, args.nets, args.seed, args.random_only)
