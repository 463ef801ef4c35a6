"""Tests of taking a network from a PyTorch module; skipped where torch is not installed."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from fodlam_core.errors import NetworkError
from fodlam_core.model.shapes import ConvShape, FcShape, MatmulShape
from fodlam_core.networks import from_torch

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ModuleNotFoundError:
    torch = None  # type: ignore[assignment]

needs_torch = pytest.mark.skipif(
    torch is None, reason="torch is not installed; pip install torch==2.13.0 to run this"
)


def module(forward: Any, **parts: Any) -> Any:
    """Return a module with the given parts."""

    class Net(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            for name, part in parts.items():
                setattr(self, name, part)

        def forward(self, *inputs: Any) -> Any:
            return forward(self, *inputs)

    return Net()


def test_without_torch_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that is missing is named as it is to be typed."""
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(NetworkError, match=r"pip install 'fodlam-core\[torch\]'"):
        from_torch(object(), (3, 8, 8))


@needs_torch
def test_layers_are_named_after_their_modules() -> None:
    """Convolutions and linear layers carry the path of their module, shapes and no batch."""
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, groups=8, dilation=2),
        nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1),
        nn.Flatten(),
        nn.Linear(4 * 8 * 8, 5),
    )
    network = from_torch(net, (3, 16, 16), name="tiny")
    assert network.name == "tiny"
    assert [(layer.name, layer.shape) for layer in network.layers] == [
        ("0", ConvShape.from_input((3, 16, 16), 8, 3, stride=2, padding=1)),
        ("3", ConvShape.from_input((8, 8, 8), 8, 3, dilation=2, groups=8)),
        ("4", ConvShape(8, 4, 4, 4, 8, 8, (4, 4), (2, 2), (1, 1, 1, 1), transposed=True)),
        ("6", FcShape(256, 5)),
    ]
    assert network.uncosted == {}


@needs_torch
def test_one_and_three_dimensions() -> None:
    """A convolution over a line has height 1; one over a volume has MACs and no shape."""
    (line,) = from_torch(nn.Conv1d(4, 8, 3, stride=2), (4, 100)).layers
    assert line.shape == ConvShape(4, 1, 100, 8, 1, 49, (1, 3), (1, 2))
    (volume,) = from_torch(nn.Conv3d(2, 3, 3), (2, 5, 5, 5)).layers
    assert (volume.macs, volume.shape) == (2 * 3 * 27 * 27, None)


@needs_torch
def test_functions_count_as_modules_do() -> None:
    """Attention written with functions, and the operator itself, are both products."""

    def by_hand(net: Any, x: Any) -> Any:
        q, k, v = net.qkv(x).chunk(3, dim=-1)
        return (q @ k.transpose(-1, -2)).softmax(-1) @ v

    def by_operator(net: Any, x: Any) -> Any:
        q, k, v = net.qkv(x).chunk(3, dim=-1)
        return functional.scaled_dot_product_attention(q, k, v)

    for forward in (by_hand, by_operator):
        network = from_torch(module(forward, qkv=nn.Linear(16, 48)), (10, 16))
        assert [(layer.kind, layer.shape) for layer in network.layers] == [
            ("fc", FcShape(16, 48, rows=10)),
            ("matmul", MatmulShape(10, 16, 10)),
            ("matmul", MatmulShape(10, 10, 16)),
        ]
        assert network.uncosted == {}


@needs_torch
def test_bert_has_its_published_macs() -> None:
    """An encoder of the size of BERT-base at 128 tokens comes to 11 174.2 MMAC."""
    encoder = nn.TransformerEncoderLayer(768, 12, 3072, activation="gelu", batch_first=True)

    def forward(net: Any, tokens: Any) -> Any:
        return torch.tanh(net.pooler(net.encoder(net.embedding(tokens))[:, 0]))

    with torch.device("meta"):
        net = module(
            forward,
            embedding=nn.Embedding(30522, 768),
            encoder=nn.TransformerEncoder(encoder, 12),
            pooler=nn.Linear(768, 768),
        )
    network = from_torch(net, (128,), dtype=torch.long)
    assert network.total_macs == 11_174_215_680
    products = [layer for layer in network.layers if layer.kind == "matmul"]
    assert sum(layer.total_macs for layer in products) == 12 * 2 * 12 * 128 * 128 * 64


@needs_torch
def test_a_module_that_runs_again_is_repeated() -> None:
    """Shared weights are one layer with a count; other weights of the same size are another."""

    def forward(net: Any, x: Any) -> Any:
        return net.b(net.a(net.a(x)))

    network = from_torch(module(forward, a=nn.Linear(8, 8), b=nn.Linear(8, 8)), (8,))
    assert [(layer.name, layer.repeat) for layer in network.layers] == [("a", 2), ("b", 1)]


@needs_torch
def test_recurrent_modules_count_every_step() -> None:
    """An LSTM is two products per step: 4 x 32 x (16 + 32) MACs, ten times."""
    network = from_torch(nn.LSTM(16, 32, batch_first=True), (10, 16))
    assert network.total_macs == 10 * 4 * 32 * (16 + 32)
    assert network.uncosted == {}


@needs_torch
def test_what_depends_on_no_input_is_computed_beforehand() -> None:
    """Work on positions alone is told and no layer; on chance or what was written it is one."""

    def positions(net: Any, x: Any) -> Any:
        return x + net.fc(torch.arange(8.0)[None] / 8)

    def chance(net: Any, x: Any) -> Any:
        return x + net.fc(torch.rand(1, 8))

    def written(net: Any, x: Any) -> Any:
        places = torch.zeros(1, 2, 8)
        places[:, 1] = x
        return net.fc(places)

    def steps(net: Any, x: Any) -> Any:
        return net.fc(net.fc(torch.zeros(1, 8)) + x)

    for forward, macs, told in (
        (positions, 0, True),
        (chance, 64, False),
        (written, 128, False),
        (steps, 64, True),
    ):
        network = from_torch(module(forward, fc=nn.Linear(8, 8)), (8,))
        notes = [note for note in network.notes if "they depend on no input: 'fc'" in note]
        assert (network.total_macs, len(notes)) == (macs, told), forward


@needs_torch
def test_pools_of_regions_raise_no_alarm() -> None:
    """Regions that torchvision picks and pools cost nothing themselves."""
    ops = pytest.importorskip("torchvision", reason="torchvision is not installed").ops

    def forward(net: Any, x: Any) -> Any:
        boxes = torch.tensor([[0.0, 0, 0, 4, 4], [0, 2, 2, 6, 6]])
        kept = ops.nms(boxes[:, 1:], x.mean((0, 1, 2))[:2], 0.5)
        return net.fc(ops.roi_align(x, boxes[kept], (2, 2)).flatten(1))

    network = from_torch(module(forward, fc=nn.Linear(12, 5)), (3, 8, 8), device="cpu")
    assert network.total_macs == 2 * 12 * 5
    assert network.uncosted == {}


@needs_torch
def test_additions_mark_the_layer_that_ends_last() -> None:
    """A shortcut marks the layer before it, through batch normalisation."""

    def forward(net: Any, x: Any) -> Any:
        return functional.relu(net.norm(net.b(functional.relu(net.a(x)))) + x)

    parts = {"a": nn.Conv2d(4, 4, 1), "b": nn.Conv2d(4, 4, 1), "norm": nn.BatchNorm2d(4)}
    network = from_torch(module(forward, **parts), (4, 8, 8))
    assert [layer.name for layer in network.layers if layer.residual_add] == ["b"]


@needs_torch
def test_what_cannot_be_costed_is_listed() -> None:
    """A Fourier transform is not a layer, and is not silently free either."""
    network = from_torch(module(lambda _, x: torch.fft.fft(x)), (8,))
    assert sum(network.uncosted.values()) == 1
    assert any("cannot be costed" in note for note in network.notes)


@needs_torch
def test_the_module_is_left_as_it_was() -> None:
    """Mode, hooks, devices and values of a module do not change."""
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout())
    net[1].eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    from_torch(net, (3, 8, 8))
    assert [each.training for each in net.modules()] == [True, True, False, True]
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert not any(each._forward_hooks or each._forward_pre_hooks for each in net.modules())


@needs_torch
@pytest.mark.parametrize(
    "step",
    [
        lambda x: functional.hardswish(x, inplace=True),
        lambda x: functional.relu_(x).transpose_(1, 2).transpose_(1, 2),
        lambda x: x.unsqueeze_(0).squeeze_(0).masked_fill_(x > 0, 1.0),
        lambda x: x / torch.linalg.vector_norm(x, dim=-1, keepdim=True),
        lambda x: x + torch.floor_divide(x, 2).clamp_(0, 1),
        lambda x: x * torch.histc(x, 4).sum(),
        lambda x: functional.interpolate(x[None], (4, 8), mode="bilinear", antialias=True)[0],
        lambda x: x.cumsum(-1).cummax(-1).values,
        lambda x: functional.grid_sample(x[None], x.new_zeros(1, 4, 8, 2), align_corners=False)[0],
        lambda x: functional.normalize(x).logcumsumexp(-1).tril_(),
    ],
)
def test_operators_without_macs_raise_no_alarm(step: Any) -> None:
    """What multiplies nothing is free, in place or not."""
    network = from_torch(module(lambda net, x: net.a(step(x * 1)), a=nn.Linear(8, 2)), (4, 8))
    assert (network.uncosted, network.total_macs) == ({}, 64)


@needs_torch
def test_experts_cost_what_the_best_of_them_do() -> None:
    """Each of 10 tokens goes through 2 of 4 experts: 20 rows of 16 x 32."""
    if not hasattr(torch, "_grouped_mm"):
        pytest.skip("this torch has no grouped product")

    def forward(net: Any, x: Any) -> Any:
        rows = x[0].repeat_interleave(2, 0).to(torch.bfloat16)
        ends = torch.full((4,), 5, dtype=torch.int32, device=x.device).cumsum(0).to(torch.int32)
        return torch._grouped_mm(rows, net.w, offs=ends)

    net = module(forward)
    net.w = nn.Parameter(torch.zeros(4, 16, 32, dtype=torch.bfloat16))
    network = from_torch(net, (10, 16))
    assert (network.total_macs, network.uncosted) == (20 * 16 * 32, {})


@needs_torch
def test_examples_keep_their_types_and_arguments_their_names() -> None:
    """Tokens and an image go in together, and a mask by keyword."""

    class Net(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.words, self.pixels = nn.Embedding(10, 8), nn.Linear(6, 8)

        def forward(self, tokens: Any, image: Any, *, mask: Any, times: int) -> Any:
            return (self.words(tokens) @ self.pixels(image).transpose(1, 2) + mask) * times

    tokens = torch.zeros(1, 5, dtype=torch.long)
    kwargs = {"mask": torch.zeros(1, 5, 7), "times": 3}
    for device in ("meta", "cpu"):
        network = from_torch(Net(), [tokens, (7, 6)], kwargs=kwargs, device=device)
        assert (network.total_macs, network.uncosted) == (7 * 6 * 8 + 5 * 8 * 7, {})


@needs_torch
def test_steps_that_depend_on_values_run_on_the_cpu() -> None:
    """A module that looks at its data is run for real, and left as it was."""

    def forward(net: Any, x: Any) -> Any:
        return net.a(x[x.sum(-1) > 0]) if x.sum() > 0 else net.b(x)

    net = module(forward, a=nn.Linear(8, 2), b=nn.Linear(8, 100))
    example = torch.tensor([[1.0] * 8, [-0.5] * 8])
    assert from_torch(net, example, device="cpu").total_macs == 16
    assert from_torch(nn.LSTM(16, 32, batch_first=True), (10, 16), device="cpu").total_macs == (
        10 * 4 * 32 * (16 + 32)
    )


@needs_torch
def test_several_inputs() -> None:
    """A list of sizes gives a module several inputs."""
    net = module(lambda net, x, y: net.a(torch.cat([x, y], 1)), a=nn.Linear(7, 2))
    assert from_torch(net, [(3,), (4,)]).total_macs == 14


@needs_torch
@pytest.mark.parametrize(
    ("net", "size", "message"),
    [
        (lambda: nn.Conv2d(3, 4, 3), (5, 8, 8), "cannot be run on the meta device"),
        (
            lambda: module(lambda _, x: x if x.sum() > 0 else -x),
            (8,),
            'its steps depend on values.*give device="cpu"',
        ),
        (lambda: module(lambda _, x: x[x > 0]), (8,), 'give device="cpu"'),
        (
            lambda: module(lambda _, x: x * torch.ones(8, device="cpu")),
            (8,),
            'tensors on a device of its own; give device="cpu"',
        ),
        (lambda: nn.Embedding(4, 3), (8,), "another type than it takes; give dtype"),
        (lambda: nn.Conv2d(3, 4, 3), (3, 0, 8), "input_size"),
        (lambda: nn.Conv2d(3, 4, 3), 3, "input_size"),
        (lambda: nn.Conv2d(3, 4, 3), [], "input_size"),
        (lambda: nn.LazyLinear(3), (4,), "cannot be run on the meta device"),
        (lambda: "net", (4,), "expected a torch.nn.Module, got str"),
    ],
)
def test_mistakes_are_named(net: Any, size: Any, message: str) -> None:
    """What cannot be run is refused with the reason, not with PyTorch's traceback."""
    with pytest.raises(NetworkError, match=message):
        from_torch(net(), size)


@needs_torch
def test_what_a_module_keeps_is_put_back() -> None:
    """A tensor that a run has stored in the module does not stay there on the meta device."""

    def forward(self: Any, x: Any) -> Any:
        if self.kept is None:
            self.kept = torch.ones(4)
        return self.fc(x * self.kept.to(x.device))

    net = module(forward, fc=nn.Linear(4, 2), kept=None)
    net.train()
    assert from_torch(net, (4,)).total_macs == 8
    assert (net.kept, net.training, net.fc.training) == (None, True, True)
    assert from_torch(net, (4,), device="cpu").total_macs == 8
