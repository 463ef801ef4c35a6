"""One total whichever way a PyTorch module is read: traced, or exported by either exporter.

Skipped where torch is not installed; the current exporter needs onnxscript as well.
"""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path
from typing import Any

import pytest

from fodlam_core.networks import from_torch
from fodlam_core.networks.files import read_network
from fodlam_core.networks.onnx import OnnxReader
from fodlam_core.networks.reader import ReadOptions

torch = pytest.importorskip("torch", reason="torch is not installed; pip install torch onnxscript")
pytest.importorskip("onnx")
nn, functional = torch.nn, torch.nn.functional


class Encoder(nn.Module):  # type: ignore[misc, name-defined]
    """A layer of BERT: positions cut to length, heads by reshaping, a pooled token."""

    def __init__(self) -> None:
        """Make the parts."""
        super().__init__()
        self.words, self.places = nn.Embedding(50, 32), nn.Embedding(64, 32)
        self.register_buffer("ids", torch.arange(64)[None])
        self.qkv, self.out = nn.Linear(32, 96), nn.Linear(32, 32)
        self.norm, self.pool = nn.LayerNorm(32), nn.Linear(32, 8)

    def forward(self, tokens: Any) -> Any:
        """Return the pooled token."""
        batch, length = tokens.shape
        x = self.norm(self.words(tokens) + self.places(self.ids[:, :length]))
        heads = self.qkv(x).view(batch, length, 3, 4, 8).permute(2, 0, 3, 1, 4)
        query, key, value = heads[0], heads[1], heads[2]
        scores = (query @ key.transpose(-1, -2) / 8**0.5).softmax(-1)
        x = self.out((scores @ value).transpose(1, 2).reshape(batch, length, 32))
        return torch.tanh(self.pool(x[:, 0]))


class Shuffle(nn.Module):  # type: ignore[misc, name-defined]
    """A block of ShuffleNet: halves of the channels, computed padding, shuffled groups."""

    def __init__(self) -> None:
        """Make the parts."""
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, 2)
        self.depth = nn.Conv2d(8, 8, 3, groups=8)
        self.point = nn.Conv2d(8, 8, 1)
        self.fc = nn.Linear(16, 5)

    def forward(self, image: Any) -> Any:
        """Return classes."""
        height, width = image.shape[-2:]
        x = self.stem(functional.pad(image, (0, -width % 4 + 1, 0, -height % 4 + 1)))
        left, right = x.chunk(2, dim=1)
        right = self.point(functional.pad(self.depth(right), (1, 1, 1, 1)))
        batch, channels, high, wide = x.shape
        x = torch.cat([left, right], 1).view(batch, 2, channels // 2, high, wide)
        x = x.transpose(1, 2).reshape(batch, channels, high, wide)
        return self.fc(functional.interpolate(x, scale_factor=0.5).mean((2, 3)))


class Window(nn.Module):  # type: ignore[misc, name-defined]
    """Attention in windows of 4 x 4, as in Swin and MaxViT, with a shifted grid."""

    def __init__(self) -> None:
        """Make the parts."""
        super().__init__()
        self.embed = nn.Conv2d(3, 16, 2, 2)
        self.qkv, self.out = nn.Linear(16, 48), nn.Linear(16, 16)

    def forward(self, image: Any) -> Any:
        """Return the attended grid."""
        x = self.embed(image).permute(0, 2, 3, 1)
        batch, high, wide, width = x.shape
        x = torch.roll(functional.pad(x, (0, 0, 0, -wide % 4, 0, -high % 4)), (-2, -2), (1, 2))
        rows, columns = x.shape[1] // 4, x.shape[2] // 4
        x = x.view(batch, rows, 4, columns, 4, width).permute(0, 1, 3, 2, 4, 5)
        x = x.reshape(-1, 16, width)
        query, key, value = self.qkv(x)[:, None].chunk(3, -1)
        return self.out(functional.scaled_dot_product_attention(query, key, value)[:, 0])


class Recurrent(nn.Module):  # type: ignore[misc, name-defined]
    """A bidirectional LSTM over a sequence, and a layer on its last step."""

    def __init__(self) -> None:
        """Make the parts."""
        super().__init__()
        self.lstm = nn.LSTM(8, 12, 2, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(24, 3)

    def forward(self, sequence: Any) -> Any:
        """Return classes."""
        return self.fc(self.lstm(sequence)[0][:, -1])


MODULES = {
    "encoder": (Encoder, (20,), torch.long, {1: "seq"}),
    "shuffle": (Shuffle, (3, 30, 34), None, {2: "high", 3: "wide"}),
    "window": (Window, (3, 28, 36), None, {2: "high", 3: "wide"}),
    "recurrent": (Recurrent, (10, 8), None, {}),
}


# The current exporter takes many seconds a module: two of them stand for it.
CURRENT = [("encoder", True, True), ("shuffle", True, False)]
# Networks of others, each with something that once got lost: halves of channels, steps in the
# attention, positions that depend on no input, computed pads.
ZOO = {
    "torchvision": ["shufflenet_v2_x0_5", "mobilenet_v3_small"],
    "timm": ["edgenext_xx_small", "levit_128s", "mobilenetv4_conv_small", "xcit_nano_12_p16_224"],
}


def export(net: Any, example: Any, path: Path, axes: dict[int, str] | None, current: bool) -> None:
    """Write a module as ONNX; the sizes of these axes are left open."""
    names: dict[str, Any] = {"input_names": ["x"], "dynamo": current}
    if axes and current:
        names["dynamic_shapes"] = (dict.fromkeys(axes, torch.export.Dim.DYNAMIC),)
    elif axes:
        names["dynamic_axes"] = {"x": axes}
    if current:
        names["verbose"] = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (example,), str(path), **names)


def compare(path: Path, net: Any, size: Any, symbols: Any, **how: Any) -> None:
    """Assert that the export of a module has the total of the module, and nothing uncosted."""
    expected = from_torch(net, size, dtype=how["dtype"])
    assert expected.uncosted == {}
    example = torch.zeros((2 if how["dynamic"] else 1, *size), dtype=how["dtype"])
    export(net, example, path, {0: "batch", **symbols} if how["dynamic"] else None, how["current"])
    given = ReadOptions(input=size) if how["dynamic"] and symbols else ReadOptions()
    network = read_network(path, OnnxReader(), given)
    assert (network.total_macs, network.uncosted) == (expected.total_macs, {})


@pytest.mark.parametrize(
    ("name", "current", "dynamic"),
    [(name, False, dynamic) for name in MODULES for dynamic in (False, True)] + CURRENT,
)
def test_exports_have_the_macs_of_the_module(
    tmp_path: Path, name: str, *, current: bool, dynamic: bool
) -> None:
    """Both exporters' files come to the total of from_torch, with nothing left uncosted."""
    if current:
        pytest.importorskip("onnxscript")
    make, size, dtype, symbols = MODULES[name]
    how = {"dtype": dtype, "current": current, "dynamic": dynamic}
    compare(tmp_path / f"{name}.onnx", make().eval(), size, symbols, **how)


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize(
    ("library", "name"), [(library, name) for library, names in ZOO.items() for name in names]
)
def test_networks_of_others_have_one_total(
    tmp_path: Path, library: str, name: str, *, dynamic: bool
) -> None:
    """Published networks, random weights, come to the total of from_torch when exported."""
    try:
        package = importlib.import_module(library)
    except (ImportError, RuntimeError) as error:  # RuntimeError: made for another torch
        pytest.skip(f"{library} cannot be imported: {error}")
    if library == "timm":
        net = package.create_model(name, pretrained=False)
    else:
        net = package.models.get_model(name, weights=None)
    how = {"dtype": None, "current": False, "dynamic": dynamic}
    compare(tmp_path / "net.onnx", net.eval(), (3, 224, 224), {2: "high", 3: "wide"}, **how)
