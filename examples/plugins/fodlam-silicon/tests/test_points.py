"""Operating points are built from the tables, with all that a reader must know of them."""

from __future__ import annotations

import csv
import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import fodlam_silicon
import pytest
from fodlam_silicon.catalogue import points
from fodlam_silicon.point import accelerator, donors

from fodlam_core import Accelerator

LIBRARY = Path(fodlam_silicon.__file__).parent
INDEX: dict[str, Any] = json.loads((LIBRARY / "index.json").read_bytes())
SI = {
    "latency_ms": ("latency_s", 1e-3),
    "latency_us": ("latency_s", 1e-6),
    "energy_mj": ("energy_j", 1e-3),
    "energy_uj": ("energy_j", 1e-6),
}


def cells() -> list[dict[str, str]]:
    """Return the cells that were copied from the sources by hand."""
    with open(Path(__file__).with_name("cells.csv"), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(point: Accelerator, cell: dict[str, str]) -> list[Any]:
    """Return the rows of a point that a cell may be of."""
    if cell["layer"]:
        own = (row for row in point.measurements if fnmatchcase(row.layer.name, cell["layer"]))
        return [row for row in own if row.network == cell["network"]]
    return [row for row in point.references if row.network == cell["network"]]


@pytest.mark.parametrize("source", sorted({cell["source"] for cell in cells()}))
def test_printed_cells(source: str) -> None:
    """The printed cells come out of the accelerators, in SI units and of the whole batch."""
    for cell in cells():
        if cell["source"] != source:
            continue
        names = [
            name for name in INDEX[cell["chip"]]["points"] if fnmatchcase(name, cell["points"])
        ]
        found = [row for name in names for row in rows(accelerator(cell["chip"], name), cell)]
        batch, printed = int(cell["batch"]), float(cell["printed"])
        for column, value in ((cell["column"], printed), (cell["column2"], cell["printed2"])):
            if column == "inferences_per_s":
                name, expected = "latency_s", batch / float(value)
            elif column:
                name, expected = SI[column][0], float(value) * SI[column][1]
            else:
                continue
            costs = [getattr(row, name) for row in found if row.batch == batch]
            assert pytest.approx(expected, rel=1e-12) in costs, cell


def test_default_points() -> None:
    """The default point of every chip loads, and says where its numbers are from."""
    for chip, entry in INDEX.items():
        point = accelerator(chip, entry["default"])
        layers, networks = entry["points"][entry["default"]][3:5]
        rows = (*point.measurements, *point.references)

        assert (len(point.measurements), len(point.references)) == (layers, networks), chip
        assert point.citation.bibtex, chip
        assert point.precision, chip
        assert point.energy_covers or not any(row.energy_j for row in rows), chip


def test_points_are_deferred() -> None:
    """Every point is announced with its kinds; the names of a chip stand for its default point."""
    found = {each.name: each for each in points()}

    assert len(found) == sum(len(entry["points"]) for entry in INDEX.values())
    assert found["raspberry-pi-4/ncnn-4t"].aliases == ("raspberry-pi-4",)
    assert found["raspberry-pi-4/ncnn-4t"].kinds == ("conv", "fc")
    assert found["raspberry-pi-4/ncnn-1t"].aliases == ()


def test_the_index_has_every_error() -> None:
    """Errors that an accelerator has stand in the index, those of datasheets among them."""
    found = {each.name: each.facts for each in points()}
    for name in ("raspberry-pi-4/ncnn-4t", "l4/datasheet-bf16", "l4/datasheet-int8", "gap8/int8"):
        made = accelerator(*name.split("/"))
        [errors] = made.cross_validated.values()
        for quantity in ("latency", "energy"):
            error = errors[quantity].mape if quantity in errors else None
            assert found[name][f"{quantity}_error"] == (error and round(error, 4)), name


def test_the_index_says_what_predicts_layers() -> None:
    """A point that predicts none has no predictor, or a datasheet without a bandwidth."""
    found = {each.name: each for each in points()}

    for name, chip in INDEX.items():
        sheets = [name for name, (source, *_) in chip["points"].items() if source == "datasheets"]
        for point in (chip["default"], *sheets):
            made = accelerator(name, point)
            known = found[f"{name}/{point}"].knows
            if made.predictors and made.provenance == "datasheet":
                assert (known is None) == (made.memory_bandwidth_bytes_per_s is not None), name
            else:
                assert (known is None) == bool(made.predictors), name
            if known is not None:
                assert all(known(reference.network) for reference in made.references[:3]), name
                assert not known("LeNet-5"), name


def test_fpga_is_not_scaled() -> None:
    """A design on an FPGA has no technology point, so that no rule can scale it."""
    point = accelerator("ghp-fpga", "m32p32")

    assert (point.provenance, point.technology) == ("fpga", None)


def test_node_only_where_stated() -> None:
    """A GPU has the node that the register has a source for; GAP8 has none."""
    gpu = accelerator("tesla-v100", "deepbench-fp32")

    assert gpu.technology is not None
    assert gpu.technology.node_nm == 12
    assert accelerator("gap8", "int8").technology is None


def test_voltages() -> None:
    """Each point of the sweep has its own voltage and clock."""
    found = [accelerator("eyeriss-voltage", f"{vdd}v") for vdd in ("0.82", "0.92", "1.0", "1.17")]

    assert [0.82, 0.92, 1.0, 1.17] == [point.technology.vdd for point in found]
    assert [100e6, 150e6, 200e6, 250e6] == [point.clock_hz for point in found]


def test_datasheet_is_marked() -> None:
    """A datasheet is known by its peak alone, and says so."""
    point = accelerator("a30", "datasheet-bf16")

    assert point.provenance == "datasheet"
    assert point.peak_macs_per_s == 165e12 / 2
    assert [each.name for each in point.predictors] == ["roofline"]
    assert (point.measurements, point.references) == ((), ())


def test_a_datasheet_of_a_gpu_has_what_measured_ones_reach() -> None:
    """Rates are below the peaks, each layer has an overhead, and the error is of chips left out."""
    point = accelerator("l4", "datasheet-int8")
    [predictor] = point.predictors
    error = point.cross_validated["roofline"]["latency"]

    assert predictor.options["peak_macs_per_s"] < point.peak_macs_per_s
    assert predictor.options["overhead_s"] > 0
    assert (error.scheme, error.groups) == ("leave-chips-out", 10)
    assert 0.1 < error.mape < 0.35
    assert accelerator("sima-ai", "datasheet-int8").cross_validated == {}
    half = accelerator("l4", "datasheet-bf16")
    assert half.predictors[0].options["overhead_s"] > 0
    assert half.cross_validated["roofline"]["latency"].scheme == "datasheets-against-runs"


def test_a_narrower_format_is_not_slower_by_its_datasheet() -> None:
    """Tensor cores that do as much at fewer bits run any layer at least as fast, by any size."""
    compared = 0
    for chip, entry in INDEX.items():
        sheets = [name for name, (source, *_) in entry["points"].items() if source == "datasheets"]
        made = [accelerator(chip, name) for name in sheets if entry["device"] == "gpu"]
        known = [
            (point, point.predictors[0].options)
            for point in made
            if point.weight_bits and "overhead_s" in point.predictors[0].options
        ]
        for narrow, fast in known:
            for wide, slow in known:
                if 2 * narrow.weight_bits <= wide.weight_bits and (
                    narrow.peak_macs_per_s >= 1.9 * wide.peak_macs_per_s
                ):
                    compared += 1
                    share = narrow.weight_bits / wide.weight_bits
                    assert fast["overhead_s"] <= slow["overhead_s"]
                    assert fast["peak_macs_per_s"] >= slow["peak_macs_per_s"]
                    bandwidth = fast["bandwidth_bytes_per_s"] / slow["bandwidth_bytes_per_s"]
                    assert bandwidth >= share
    assert compared > 50


def test_predictors() -> None:
    """Layers or three networks of known layers can be fitted; less is not spread over layers."""
    assert [each.name for each in accelerator("gap8", "int8").predictors] == ["linear"]
    names = [each.name for each in accelerator("ghp-fpga", "m32p32").predictors]
    assert names == ["linear", "per-mac"]
    assert accelerator("tpu-v1", "int8").predictors == ()
    assert accelerator("tpu-v1", "int8").references_only


def test_prior_of_few() -> None:
    """A point of few networks is pulled towards other chips, never towards itself."""
    point = accelerator("raspberry-pi-4", "ncnn-4t-int8")
    others = donors("ncnn", "raspberry-pi-4", "cpu-int8")
    every = donors("ncnn", "", "cpu-int8")
    own = [name for name in INDEX["raspberry-pi-4"]["points"] if name.startswith("ncnn")]

    assert len(point.networks) < 12
    assert others == point.predictors[0].donors
    assert len(every) - len(others) == sum(name.endswith("int8") for name in own)
    assert accelerator("raspberry-pi-4", "ncnn-4t").predictors[0].donors == ()


def test_a_system_of_several_chips_says_so() -> None:
    """The number of accelerators is a fact of a point of MLPerf, told without loading it."""
    found = {each.name: each.facts["chip_count"] for each in points()}

    assert found["a10/mlperf-x1-offline"] == 1
    assert found["a10/mlperf-x8-offline"] == accelerator("a10", "mlperf-x8-offline").chip_count == 8
    assert found["raspberry-pi-4/ncnn-4t"] == 1
