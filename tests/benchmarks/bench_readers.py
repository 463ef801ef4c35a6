"""How long the readers take, and how much memory: run ``python tests/benchmarks/bench_readers.py``.

A prototxt of 100 layers is to be read in 50 ms, once everything is imported; a model of ONNX with
100 MB of weights in 1 s and 150 MB of memory at its peak, Python and onnx included (Linux only);
one of 90,000 operators, which is nearly as many as are taken, in 5 s.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fodlam_core.networks.caffe import CaffeReader
from fodlam_core.networks.reader import ReadOptions

BLOCK = """
layer {{
  name: "conv{0}" type: "Convolution" bottom: "{1}" top: "conv{0}"
  param {{ lr_mult: 1 decay_mult: 1 }}
  convolution_param {{
    num_output: 64 kernel_size: 3 pad: 1 bias_term: false
    weight_filler {{ type: "gaussian" std: 0.01 }}
  }}
}}
layer {{ name: "bn{0}" type: "BatchNorm" bottom: "conv{0}" top: "conv{0}" }}
layer {{ name: "scale{0}" type: "Scale" bottom: "conv{0}" top: "conv{0}" scale_param {{ bias_term: true }} }}
layer {{ name: "relu{0}" type: "ReLU" bottom: "conv{0}" top: "conv{0}" }}
"""  # noqa: E501 - lines of a file
READ = """
import sys, time
from pathlib import Path
from fodlam_core.networks.onnx import OnnxReader
from fodlam_core.networks.reader import ReadOptions
start = time.perf_counter()
network = OnnxReader().read(Path(sys.argv[1]), ReadOptions())
seconds = time.perf_counter() - start
# Not ru_maxrss, which a process inherits from the one that started it.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(len(network.layers), seconds, int(peak.split()[1]) / 1000)
"""


def prototxt(path: Path, blocks: int) -> None:
    """Write a network of four layers a block."""
    text = 'input: "data" input_shape { dim: 1 dim: 64 dim: 56 dim: 56 }\n'
    for index in range(blocks):
        text += BLOCK.format(index, f"conv{index - 1}" if index else "data")
    path.write_text(text, encoding="utf-8")


def onnx_model(path: Path, operators: int, weights: int, megabytes: float) -> None:
    """Write a chain of square products, their weights in the file."""
    import onnx
    from onnx import helper

    width = int((megabytes * 1e6 / 4 / weights) ** 0.5)
    names = ["x", *(f"t{index}" for index in range(operators))]
    nodes = [
        helper.make_node("MatMul", [names[index], f"w{index % weights}"], [names[index + 1]])
        for index in range(operators)
    ]
    data = bytes(4 * width * width)
    tensors = [
        onnx.TensorProto(name=f"w{index}", dims=[width, width], data_type=1, raw_data=data)
        for index in range(weights)
    ]
    inputs = [helper.make_tensor_value_info("x", 1, ["N", width])]
    outputs = [helper.make_tensor_value_info(names[-1], 1, None)]
    graph = helper.make_graph(nodes, "g", inputs, outputs, tensors)
    path.write_bytes(helper.make_model(graph).SerializeToString())


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        small, path = Path(folder, "warm.prototxt"), Path(folder, "net.prototxt")
        prototxt(small, 1)
        prototxt(path, 25)
        CaffeReader().read(small, ReadOptions())
        times = []
        for _ in range(10):
            start = time.perf_counter()
            CaffeReader().read(path, ReadOptions())
            times.append(time.perf_counter() - start)
        print(f"prototxt of 100 layers: {1e3 * min(times):.1f} ms (at most 50)")

        model = Path(folder, "net.onnx")
        for operators, weights, megabytes, most in (
            (10, 10, 100, "1 s, 150 MB"),
            (90_000, 1, 0.01, "5 s"),
        ):
            onnx_model(model, operators, weights, megabytes)
            out = subprocess.run(
                [sys.executable, "-c", READ, str(model)], check=True, capture_output=True, text=True
            ).stdout.split()
            print(
                f"ONNX of {model.stat().st_size / 1e6:.0f} MB, {out[0]} layers: "
                f"{float(out[1]):.2f} s, peak {float(out[2]):.0f} MB (at most {most})"
            )


if __name__ == "__main__":
    main()
