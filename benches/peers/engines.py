"""One of the engines that `cargo xtask bench` runs in turn, from Python; ../engine.rs explains what such a program does.

    python benches/peers/engines.py ENGINE FOLDER NET BATCH THREADS OUTPUTS

ENGINE is a function below, FOLDER what export.py wrote.
"""

import os
import sys
import time
from pathlib import Path

SAMPLE = 50_000  # nanoseconds that a sample takes at least: shorter forward passes are timed several at a time


def onnxruntime(folder, net, x, threads):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = ort.InferenceSession(folder / "net.onnx", options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    binding.bind_cpu_input("input", x)
    shape = session.get_outputs()[0].shape
    output = np.empty(shape, np.float32)
    binding.bind_output("output", "cpu", 0, np.float32, shape, output.ctypes.data)
    return lambda: session.run_with_iobinding(binding), lambda: output


def openvino(folder, net, x, threads):
    import openvino as ov

    core = ov.Core()
    hints = {
        "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1,
        "PERFORMANCE_HINT": "LATENCY",
    }  # fmt: skip
    request = core.compile_model(folder / "net.onnx", "CPU", hints).create_infer_request()
    request.set_input_tensor(ov.Tensor(x, shared_memory=True))
    return request.infer, lambda: request.get_output_tensor().data


def ncnn(folder, net, x, threads):
    import ncnn

    graph = ncnn.Net()
    for option in ["use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"]:
        setattr(graph.opt, option, False)
    graph.opt.num_threads = threads
    graph.load_param(str(folder / "net.ncnn.param"))
    graph.load_model(str(folder / "net.ncnn.bin"))
    image = ncnn.Mat(x[0]).clone()

    def forward():
        extractor = graph.create_extractor()
        extractor.input("in0", image)
        return extractor.extract("out0")[1]

    return forward, lambda: np.array(forward())


def litert(folder, net, x, threads):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(folder / "net.tflite"), num_threads=threads)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    output = interpreter.get_output_details()[0]["index"]
    return interpreter.invoke, lambda: interpreter.get_tensor(output)


def torch_eager(folder, net, x, threads):
    import torch

    module = torch_module(folder, net, threads)
    x = torch.from_numpy(x)
    return lambda: module(x), lambda: module(x).numpy()


def torch_compile(folder, net, x, threads):
    import torch
    import torch._inductor.config as inductor

    inductor.freezing = True
    module = torch.compile(torch_module(folder, net, threads), mode="max-autotune-no-cudagraphs")
    x = torch.from_numpy(x)
    return lambda: module(x), lambda: module(x).numpy()


def torch_module(folder, net, threads):
    """The net in PyTorch."""
    import torch
    from safetensors.torch import load_file

    sys.path.insert(0, str(Path(__file__).parents[2] / "tests/parity"))
    import zoo

    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    module, _ = zoo.module(net)
    module.load_state_dict(load_file(folder / "weights.safetensors"))
    return module.eval()


def image(net):
    return {"dummy": (3, 7, 7), "lenet5": (1, 28, 28)}.get(net, (3, 224, 224))


def serve(forward, passes=1):
    """Computes for as many milliseconds as each line says, and prints how many nanoseconds each pass took; a call makes `passes`."""
    repeat = 1
    for line in sys.stdin:
        end = time.perf_counter_ns() + int(line) * 1_000_000
        samples = []
        while not samples or time.perf_counter_ns() < end:
            start = time.perf_counter_ns()
            for _ in range(repeat):
                forward()
            elapsed = time.perf_counter_ns() - start
            if elapsed < SAMPLE:
                repeat *= 2
            else:
                samples.append(elapsed / (repeat * passes))
        print(*samples, flush=True)


def begin(threads):
    """Keeps standard output for numbers, and tells engines of their threads: before any of them is imported."""
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = threads
    # What engines print of themselves goes where errors go.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = answers


if __name__ == "__main__":
    engine, folder, net, batch, threads, outputs = sys.argv[1:]
    begin(threads)
    import numpy as np

    x = np.fromfile(Path(folder) / "input.f32", np.float32).reshape(int(batch), *image(net))
    forward, output = globals()[engine](Path(folder), net, x, int(threads))
    forward()
    np.ascontiguousarray(output(), np.float32).tofile(outputs)
    print("{}", flush=True)
    serve(forward)
