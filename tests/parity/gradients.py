"""PyTorch's autograd, live: a training step of random nets out of the whole grammar, for `cargo xtask parity`.

    python tests/parity/gradients.py FOLDER [--gradients 200] [--seed 1]

It writes into FOLDER

    nets.jsonl             a line for each net: `name`, `source` (the net in our language) and `output`, the shape of one output
    NAME.safetensors       its state_dict before the step
    NAME.step.safetensors  `input` and `target`, a random batch, and what PyTorch makes of them in train mode, in f64: the `loss`, which
                           is the mean squared error; `grad.PARAMETER`; `after.BUFFER`, the running statistics behind the step;
                           and for each of these `scale.NAME`, by which differences are to be divided, and `rounding.NAME`, the
                           largest of those that PyTorch's own f32 has

The scale of a tensor is its root mean square, but that of a gradient is at least `FLOOR` times the root mean square of all the
net's gradients: the gradient of a bias in front of batch normalisation is 0, and what is computed of it is rounding.

Nets in which rounding decides tell nothing: where a value lies beside the kink of a ReLU, two compete for a maximum, or errors grow.
A net is drawn again if parameters and images that differ in the sixth digit change its numbers by more than `MAX_CHANGE`, or
f32 does by more than `MAX_ROUNDING`.
"""

import argparse
import random
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

import generate as g
import live

# A group is as many images as a register has lanes: one that is not full, and several with threads to share them.
BATCHES = [1, 2, 3, 3, 17, 37]
FLOOR = 1e-2
NOISE, NOISES = 1e-6, 3
# f64 has nine digits more than f32, which leaves two behind those that are compared.
MAX_CHANGE, MAX_ROUNDING = 1e-4, 1e-2
ARGUMENTS = ["alpha", "beta", "eps", "k", "momentum", "negative_slope", "threshold"]


def comparable(net):
    """Changes what is f32 in one of the two f64s, ours and PyTorch's: our arguments, and the slope of its hardsigmoid, f32's 1/6."""
    for module in net.modules():
        for name in ARGUMENTS:
            if isinstance(value := getattr(module, name, None), float):
                setattr(module, name, torch.tensor(value, dtype=torch.float32).item())
        if isinstance(module, nn.Hardsigmoid):
            module.forward = lambda x: nn.functional.relu6(x + 3) / 6
        if isinstance(module, nn.MaxPool2d):
            module.register_forward_hook(refuse_empty_windows)
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.register_forward_hook(refuse_constants)
    return net


def refuse_empty_windows(module, inputs, output):
    """PyTorch's gradient of a window without pixels goes somewhere behind its memory."""
    if output.isneginf().any():
        raise RuntimeError("a window lies in the padding")


def refuse_constants(module, inputs, output):
    """Where a channel is the same everywhere, batch normalisation leaves nothing of it but rounding."""
    channels = inputs[0].transpose(0, 1).flatten(1)
    if (channels.var(1) < 1e-6 * channels.square().mean(1)).any():
        raise RuntimeError("a channel is constant")


def draw_net(rng, index):
    """A net in train mode and the shapes of its image and output; None for a draw that PyTorch does not accept."""
    drawn = live.draw_nodes(rng, index)
    if drawn is None:
        return None
    image, nodes = drawn
    if g.chance(rng, 0.7):  # so that gradients have to come through all that was drawn
        nodes = [g.mix_to(rng, image[0], image[0]), *nodes]
    net = live.Net(rng, image, [without_chance(node) for node in nodes]).train()
    return comparable(net), image, live.after(nodes, image)


def without_chance(node):
    """The same layer, but a dropout that leaves nothing out: PyTorch's random numbers are not ours."""
    return g.Layer("dropout", dict(p=0)) if node.kind == "dropout" else node


def step(net, x, target, dtype, noise=None):
    """Loss, gradients and running statistics by our names, as f64; the net stays as it was."""
    before = {key: tensor.clone() for key, tensor in net.state_dict().items()}
    net.to(dtype)
    x = x.to(dtype)
    if noise:
        differ = lambda t: t * (1 + NOISE * (2 * torch.rand(t.shape, generator=noise, dtype=dtype) - 1))
        x = differ(x)
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.copy_(differ(parameter))
    loss = nn.functional.mse_loss(net(x), target.to(dtype))
    grads = torch.autograd.grad(loss, list(net.parameters()))
    made = {"loss": loss.detach().reshape(1)}
    made |= {f"grad.{net.rename(name)}": grad for (name, _), grad in zip(net.named_parameters(), grads)}
    made |= {f"after.{net.rename(name)}": buffer.clone() for name, buffer in net.named_buffers() if buffer.dim()}
    net.float().load_state_dict(before)
    return {name: tensor.double().contiguous() for name, tensor in made.items()}


def rms(tensors):
    return torch.cat([tensor.flatten() for tensor in tensors]).square().mean().sqrt()


def scales(made):
    least = FLOOR * rms([tensor for name, tensor in made.items() if name.startswith("grad.")])
    return {name: max(rms([tensor]), least * name.startswith("grad.")) for name, tensor in made.items()}


def changes(net, x, target, dtype, exact, scale, rng):
    """How far each tensor is from the exact one, at most, in steps of this type with and without noise."""
    noise = torch.Generator().manual_seed(rng.randrange(2**32))
    others = [step(net, x, target, dtype, noise if turn else None) for turn in range(1 + NOISES)]
    return {
        name: torch.stack([(other[name] - exact[name]).abs().max() for other in others]).max() / scale[name]
        for name in exact
    }


def run(net, x, target, rng):
    """A step with scales and rounding; None where it tells nothing, or PyTorch raises."""
    try:
        exact = step(net, x, target, torch.float64)
    except (RuntimeError, ValueError):  # what is refused above, no pixels, or one value for batch normalisation
        return None
    scale = scales(exact)
    if not all(size.isfinite() and size > 1e-9 for size in scale.values()):
        return None
    change, rounding = (changes(net, x, target, dtype, exact, scale, rng) for dtype in (torch.float64, torch.float32))
    if not all(change[name] < MAX_CHANGE and rounding[name] < MAX_ROUNDING for name in exact):
        return None
    of_tensors = {f"scale.{name}": scale[name] for name in exact} | {
        f"rounding.{name}": rounding[name] for name in exact
    }
    return exact | {name: number.reshape(1) for name, number in of_tensors.items()}


def draw(folder, count, seed):
    folder.mkdir(parents=True, exist_ok=True)
    rng, lines, index = random.Random(seed), [], 0
    while len(lines) < count:
        index += 1
        drawn = draw_net(rng, index)
        if drawn is None:
            continue
        net, image, output = drawn
        if not 0 < sum(p.numel() for p in net.parameters()) <= live.MAX_PARAMS:
            continue
        with torch.no_grad():
            live.randomise(net, rng)
        batch = rng.choice(BATCHES)
        random_numbers = torch.Generator().manual_seed(rng.randrange(2**32))
        x, target = (torch.rand((batch, *shape), generator=random_numbers) * 2 - 1 for shape in (image, output))
        made = run(net, x, target, rng)
        if made is None:
            continue
        name = f"grad{len(lines):04}"
        save_file(net.renamed(), folder / f"{name}.safetensors")
        save_file(dict(input=x, target=target) | made, folder / f"{name}.step.safetensors")
        lines.append(dict(name=name, source=net.source.replace("NAME", name.title()), output=list(output)))
    live.write_lines(folder / "nets.jsonl", lines)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gradients", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    draw(args.folder, args.gradients, args.seed)
