"""The model against NVIDIA's own sheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from fodlam_nvdla.model import NvdlaModel, Size

from fodlam_core import (
    ConvShape,
    FcShape,
    Layer,
    MatmulShape,
    PredictionError,
    load_registry,
    open_network,
    quantity,
)

HERE = Path(__file__).parent
# The sheet's AlexNet page: 2048 MACs, 512 KB, 10 GB/s, 1 GHz.
SHEET = Size(macs=2048, buffer_kb=512, dram_gb_per_s=10, clock_mhz=1000, power_w=0.291)
ROWS = list(csv.DictReader((HERE / "alexnet.csv").read_text().splitlines()))
RESNET = list(csv.DictReader((HERE / "resnet50.csv").read_text().splitlines()))
PRIMER = {2048: 269, 1024: 153, 512: 93, 256: 46, 128: 20, 64: 7.3, 32: 3.6}


def layer(row: dict[str, str]) -> Layer:
    """Return a row of the sheet as a layer."""
    channels, height, width, kernels = (
        int(row[name]) for name in ("channels", "height", "width", "kernels")
    )
    if row["kind"] == "fc":
        return Layer.from_shape(row["layer"], FcShape(channels * height * width, kernels))
    shape = ConvShape.from_input(
        (channels, height, width),
        kernels,
        int(row["kernel"]),
        int(row["stride"]),
        int(row["padding"]),
    )
    return Layer.from_shape(row["layer"], shape, residual_add=row.get("adds") == "1")


@pytest.mark.parametrize("row", ROWS, ids=[f"{i}-{row['layer']}" for i, row in enumerate(ROWS)])
def test_alexnet_to_the_cycle(row: dict[str, str]) -> None:
    """Traffic and cycles of the eleven rows are those of the sheet."""
    size = int(row["pooled"] or 0)
    pooled = {row["layer"]: (size, size)} if size else {}
    model = NvdlaModel(SHEET, kernels=16, pooled=pooled)
    work, times = model._work(layer(row), 16)
    assert times == 16
    assert model.dram_kb(work) == pytest.approx(float(row["dram_kb"]), abs=5e-4)
    assert model.dram_cycles(work) == int(row["dram_cycles"])
    assert model.mac_cycles(work) == pytest.approx(float(row["mac_cycles"]), abs=5e-3)
    assert model.cycles(layer(row), 16) / 16 == pytest.approx(float(row["cycles"]), abs=5e-3)


@pytest.mark.parametrize("row", RESNET, ids=[row["layer"] for row in RESNET])
def test_resnet50_to_the_cycle(row: dict[str, str]) -> None:
    """Its page counts kernels by 128; all 54 rows agree.

    The last layer has the traffic of one inference there, and the MACs of each of 16.
    """
    size = int(row["pooled"] or 0)
    model = NvdlaModel(SHEET, pooled={row["layer"]: (size, size)} if size else {})
    one, each_of_16 = model._work(layer(row))[0], model._work(layer(row), 16)[0]
    assert model.dram_kb(one) == pytest.approx(float(row["dram_kb"]), abs=5e-4)
    assert model.dram_cycles(one) == int(row["dram_cycles"])
    assert model.mac_cycles(each_of_16) == pytest.approx(float(row["mac_cycles"]), abs=5e-3)


def test_plain_winograd_weights_are_a_choice() -> None:
    """Weights that are stored as they are take 9/16 of the room of transformed ones."""
    each = Layer.from_shape("a", ConvShape.from_input((192, 13, 13), 192, 3, 1, 1))
    stored, plain = (NvdlaModel(SHEET, winograd_weights=flag) for flag in (True, False))
    saved = stored.dram_kb(stored._work(each)[0]) - plain.dram_kb(plain._work(each)[0])
    assert saved == pytest.approx(192 * 9 * 192 / 1024 * 7 / 9)


def test_the_formula_is_told_with_its_numbers() -> None:
    """The explanation has cycles, clock rate and power, and ends in what is predicted."""
    shape = ConvShape.from_input((96, 27, 27), 256, 5, 1, 2, groups=2)
    model, each = NvdlaModel(SHEET, kernels=16), Layer.from_shape("conv2", shape)
    told, cost = model.explain(each), model.predict(each)
    assert told["latency"].startswith("max(DRAM, MAC cycles) / clock: 2 x max(")
    assert told["latency"].endswith(f"/ 1 GHz = {quantity(cost.latency_s, 's', 6)}")
    assert told["energy"].endswith(f"x 291 mW = {quantity(cost.energy_j, 'J', 6)}")


def test_groups_run_one_after_the_other() -> None:
    """A convolution of two groups takes the two rows that the sheet has for it."""
    model = NvdlaModel(SHEET, kernels=16)
    whole = ConvShape.from_input((96, 27, 27), 256, 5, 1, 2, groups=2)
    half = ConvShape.from_input((48, 27, 27), 128, 5, 1, 2)
    two = 2 * model.cycles(Layer.from_shape("half", half))
    assert model.cycles(Layer.from_shape("whole", whole)) == two


@pytest.mark.parametrize(("macs", "rate"), PRIMER.items())
def test_resnet50_rates(macs: int, rate: float) -> None:
    """The seven published rates come out within 5 %, residual additions counted."""
    accelerator = load_registry().accelerator(f"nvdla-{macs}")
    network = open_network(HERE.parent / "examples/resnet-50-v1.toml", load_registry().readers)
    model = accelerator.predictor()
    seconds = sum(model.fit([]).predict(layer).latency_s for layer in network.layers)
    assert 1 / seconds == pytest.approx(rate, rel=0.05)
    (reference,) = accelerator.references
    assert reference.latency_s == 1 / rate


def test_example_is_resnet50() -> None:
    """The example network has the MACs of ResNet-50 and its 16 shortcuts."""
    network = open_network(HERE.parent / "examples/resnet-50-v1.toml", load_registry().readers)
    assert network.total_macs == 3_857_973_248
    assert sum(layer.residual_add for layer in network.layers) == 16


def test_an_addition_costs_traffic() -> None:
    """A shortcut that is added has to be read, which costs time where DRAM is the limit."""
    model = NvdlaModel(SHEET)
    shape = ConvShape.from_input((64, 56, 56), 256, 1)
    plain = model.cycles(Layer.from_shape("a", shape))
    assert model.cycles(Layer.from_shape("a", shape, residual_add=True)) == plain + 78400


def test_rows_share_weights() -> None:
    """Rows of a product share its weights as inferences of a batch do."""
    model, one = NvdlaModel(SHEET), Layer.from_shape("a", FcShape(1024, 1024))
    rows = Layer.from_shape("a", FcShape(1024, 1024, rows=16))

    assert model.cycles(rows) == model.cycles(one, 16)
    assert model.cycles(rows, 4) == model.cycles(one, 64)
    assert model.cycles(one, 16) < 16 * model.cycles(one) / 5


def test_convolutions_run_one_after_the_other() -> None:
    """A batch of a convolution costs as many times one of them, in latency and in energy."""
    model = NvdlaModel(SHEET)
    each = Layer.from_shape("a", ConvShape.from_input((64, 56, 56), 256, 1))

    assert model.predict(each, 16) == model.predict(each) * 16


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        (Layer("a", "conv", 1000), "'a' has no shape"),
        (Layer.from_shape("a", MatmulShape(2, 2, 2)), "'a' has no shape"),
        (
            Layer.from_shape("a", ConvShape.from_input((3, 9, 9), 8, 3, dilation=2)),
            "transposed or dilated",
        ),
    ],
)
def test_refuses_what_the_sheet_does_not_cover(bad: Layer, text: str) -> None:
    """A layer without a shape, or with one outside the sheet, is refused by name."""
    with pytest.raises(PredictionError, match=text):
        NvdlaModel(SHEET).predict(bad)


def test_layers_with_fused_pooling_make_no_pooled_predictor() -> None:
    """The core reads `pooled` as a fit to all kinds at once, so the model has none."""
    assert getattr(NvdlaModel(SHEET, pooled={"conv1": (28, 28)}), "pooled", False) is False
