"""Writes a net of the catalogue for other engines: its weights, its images and the graph in their formats.

    python benches/peers/export.py NET BATCH FOLDER

writes into FOLDER

    input.f32            the images, flat
    weights.safetensors  PyTorch's state_dict
    net.onnx             for ONNX Runtime, OpenVINO, tract and rten
    net.ncnn.param, net.ncnn.bin   for ncnn, of one image
    net.tflite           for LiteRT

with the tensors and images that tests/parity/zoo.py explains. PyTorch's own engines read weights.safetensors.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/parity"))

import numpy as np
import torch
import zoo
from safetensors.torch import save_file


def golden(name):
    """The net's line of golden/zoo.jsonl."""
    lines = (ROOT / "tests/parity/golden/zoo.jsonl").read_text().splitlines()
    return next(line for line in map(json.loads, lines) if line["name"] == name)


def module(name):
    """The net with its weights, its seed and the shape of one image."""
    net, image = zoo.module(name)
    line, start = golden(name), 0
    params, buffers = zoo.tensors(net)
    for (key, tensor), scale in zip(params + buffers, line["scales"], strict=True):
        around = float(zoo.is_factor(key, tensor))
        tensor.copy_(zoo.units(2 * line["seed"] + 1, start, tensor.shape) * np.float32(scale) + around)
        start += tensor.numel()
    return net.eval(), line["seed"], image


def main(name, batch, folder):
    net, seed, image = module(name)
    x = zoo.noise_on_bands(seed, image, batch)
    x.numpy().tofile(folder / "input.f32")
    save_file({key: tensor.contiguous() for key, tensor in net.state_dict().items()}, folder / "weights.safetensors")
    torch.onnx.export(net, (x,), folder / "net.onnx", input_names=["input"], output_names=["output"], dynamo=False)

    if batch == 1:
        import pnnx

        here = os.getcwd()
        with tempfile.TemporaryDirectory() as scratch:
            os.chdir(scratch)
            pnnx.export(net, "net.pt", (x,), fp16=False)
            os.chdir(here)
            for file in ["net.ncnn.param", "net.ncnn.bin"]:
                (folder / file).write_bytes((Path(scratch) / file).read_bytes())

    import litert_torch

    litert_torch.convert(net, (x,)).export(str(folder / "net.tflite"))


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    folder = Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    main(sys.argv[1], int(sys.argv[2]), folder)
