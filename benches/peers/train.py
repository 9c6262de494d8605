"""One of the engines that `cargo xtask bench train` runs in turn, from Python; ../train.rs explains what such a program does.

    python benches/peers/train.py ENGINE FOLDER NET BATCH THREADS LOSSES

ENGINE is `torch_eager`, `torch_compile`, `jax` or `jax_scan`, FOLDER what ../train.rs wrote.
"""

import os
import sys
from itertools import count
from pathlib import Path

from engines import begin, image, serve

# Steps before the times, one for each batch.
STEPS = 20


def torch_eager(folder, net, images, labels, threads):
    return torch_steps(folder, net, images, labels, threads, lambda forward: forward)


def torch_compile(folder, net, images, labels, threads):
    import torch

    return torch_steps(folder, net, images, labels, threads, lambda forward: torch.compile(forward, mode=MODE))


# `max-autotune` looks for the fastest kernels; the CPU has no CUDA graphs to record.
MODE = "max-autotune-no-cudagraphs"


def torch_steps(folder, net, images, labels, threads, compiled):
    """One step a call. The optimizer is PyTorch's fused one, its fastest on a CPU."""
    import torch
    from safetensors.torch import load_file

    sys.path.insert(0, str(Path(__file__).parents[2] / "tests/parity"))
    import zoo

    torch.set_num_threads(threads)
    torch.set_grad_enabled(True)
    module, _ = zoo.module(net)
    module.load_state_dict(load_file(folder / "weights.safetensors"))
    module.float().train().requires_grad_(True)
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3, fused=True)
    batches = [(torch.from_numpy(x), torch.from_numpy(y)) for x, y in zip(images, labels, strict=True)]
    loss_of = compiled(lambda x, y: torch.nn.functional.cross_entropy(module(x), y))
    numbers = count()

    def step():
        x, y = batches[next(numbers) % STEPS]
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(x, y)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: [step().item() for _ in range(STEPS)], 1


def jax(folder, net, images, labels, threads):
    """One step a call, compiled as a whole."""
    import jax

    params, state, adam = jax_step(folder, net, threads)
    adam = jax.jit(adam, donate_argnums=(0, 1))
    batches = [jax.device_put(batch) for batch in zip(channels_last(images), labels, strict=True)]
    numbers = count()

    def step():
        nonlocal params, state
        params, state, loss = adam(params, state, *batches[next(numbers) % STEPS])
        return loss.block_until_ready()

    return step, lambda: [float(step()) for _ in range(STEPS)], 1


def jax_scan(folder, net, images, labels, threads):
    """A call makes as many steps as there are batches, so that Python is asked once for all of them."""
    import jax

    params, state, adam = jax_step(folder, net, threads)

    def body(carry, batch):
        params, state, loss = adam(*carry, *batch)
        return (params, state), loss

    # Written out: what stands in a loop gets none of XLA's fast kernels.
    scan = jax.jit(lambda carry, batches: jax.lax.scan(body, carry, batches, unroll=STEPS), donate_argnums=0)
    batches = jax.device_put((channels_last(images), labels))
    carry = (params, state)

    def steps():
        nonlocal carry
        carry, losses = scan(carry, batches)
        return losses.block_until_ready()

    return steps, steps, STEPS


def channels_last(images):
    """As XLA's convolutions on a CPU want images."""
    return np.ascontiguousarray(images.transpose(0, 1, 3, 4, 2))


def jax_step(folder, net, threads):
    """Parameters, the state of Adam, and a step: the nets in JAX's own words, channels last."""
    # XLA takes the first as the size of its pool; the second keeps Eigen's kernels on the caller's thread.
    os.environ["NPROC"] = str(threads)
    os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={str(threads > 1).lower()}"
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import jax.numpy as jnp
    from safetensors.numpy import load_file

    weights = load_file(folder / "weights.safetensors")
    last_map = {"dummy": (9, 5, 5), "lenet5": (16, 5, 5)}[net]

    def tensor(name, values):
        if values.ndim == 4:
            return values.transpose(2, 3, 1, 0)
        if name == "fc1.weight":
            # `flatten` finds channels last too: the same parameters in another order.
            values = values.reshape(-1, *last_map).transpose(0, 2, 3, 1).reshape(values.shape)
        return values.T if values.ndim == 2 else values

    params = {name: jnp.array(np.ascontiguousarray(tensor(name, values))) for name, values in weights.items()}

    def conv(params, name, x, padding):
        kernel, bias = params[f"{name}.weight"], params[f"{name}.bias"]
        layout = ("NHWC", "HWIO", "NHWC")
        padding = ((padding, padding), (padding, padding))
        return jax.nn.relu(jax.lax.conv_general_dilated(x, kernel, (1, 1), padding, dimension_numbers=layout) + bias)

    def pool(x):
        # Two by two: the gradient of such a maximum is quicker than that of `reduce_window`.
        batch, height, width, channels = x.shape
        return x.reshape(batch, height // 2, 2, width // 2, 2, channels).max((2, 4))

    def fc(params, name, x):
        return x @ params[f"{name}.weight"] + params[f"{name}.bias"]

    def dummy(params, x):
        return fc(params, "fc1", conv(params, "conv1", x, 0).reshape(len(x), -1))

    def lenet5(params, x):
        x = pool(conv(params, "conv1", x, 2))
        x = pool(conv(params, "conv2", x, 0)).reshape(len(x), -1)
        x = jax.nn.relu(fc(params, "fc1", x))
        return fc(params, "fc3", jax.nn.relu(fc(params, "fc2", x)))

    forward = {"dummy": dummy, "lenet5": lenet5}[net]

    def loss_of(params, x, y):
        logs = jax.nn.log_softmax(forward(params, x))
        return -jnp.take_along_axis(logs, y[:, None], 1).mean()

    def adam(params, state, x, y):
        """optax.adam's formulas."""
        means, squares, steps = state
        loss, grads = jax.value_and_grad(loss_of)(params, x, y)
        steps = steps + 1
        each = jax.tree.map
        means = each(lambda mean, grad: 0.9 * mean + 0.1 * grad, means, grads)
        squares = each(lambda square, grad: 0.999 * square + 0.001 * grad * grad, squares, grads)
        mean_gain, square_gain = 1 / (1 - 0.9**steps), 1 / (1 - 0.999**steps)

        def update(param, mean, square):
            return param - 1e-3 * mean * mean_gain / (jnp.sqrt(square * square_gain) + 1e-8)

        return each(update, params, means, squares), (means, squares, steps), loss

    zeros = [jax.tree.map(jnp.zeros_like, params) for _ in range(2)]
    return params, (*zeros, jnp.float32(0)), adam


if __name__ == "__main__":
    engine, folder, net, batch, threads, losses = sys.argv[1:]
    begin(threads)
    import numpy as np

    folder = Path(folder)
    images = np.fromfile(folder / "images.f32", np.float32).reshape(STEPS, int(batch), *image(net))
    labels = np.fromfile(folder / "labels.i64", np.int64).reshape(STEPS, int(batch))
    step, first, passes = globals()[engine](folder, net, images, labels, int(threads))
    np.asarray(first(), np.float32).tofile(losses)
    print("{}", flush=True)
    serve(step, passes)
