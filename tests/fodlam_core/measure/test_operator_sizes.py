"""Sizes of tensors for a pass over memory."""

from __future__ import annotations

from math import prod

import pytest

from fodlam_core.measure.operator_models import RECIPES
from fodlam_core.measure.operator_passes import default_passes
from fodlam_core.model.memory_pass import MemoryPass

READS_A_PART = ("Slice",)


@pytest.mark.parametrize("what", default_passes(), ids=str)
def test_tensors_have_the_elements_of_the_pass(what: MemoryPass) -> None:
    """What is read and written has as many elements as the pass says."""
    sizes = RECIPES[what.operator].sizes(what)

    assert sizes is not None
    assert what.written == prod(sizes.y)
    read = prod(sizes.x) + (prod(sizes.g) if sizes.g else 0)
    assert what.read == read or (what.operator in READS_A_PART and read == 2 * what.read)


@pytest.mark.parametrize(
    ("operator", "read", "written", "window"),
    [
        ("Swish", 7, 7, 1),
        ("Swish", 1024, 512, 1),
        ("Add", 100, 100, 1),
        ("Mul broadcast", 520, 511, 1),
        ("Add broadcast", 110, 100, 3),
        ("GlobalAveragePool", 510, 10, 1),
        ("MaxPool", 12544, 3136, 8),
        ("MaxPool", 12544, 99, 9),
        ("Transpose", 100, 100, 1),
        ("ReduceMean", 100, 33, 1),
        ("Resize", 1024, 1024, 1),
    ],
)
def test_what_fits_no_tensors_has_none(operator: str, read: int, written: int, window: int) -> None:
    """Elements that no tensors of the operator have give no sizes, or sizes of just so many."""
    sizes = RECIPES[operator].sizes(MemoryPass(operator, read=read, written=written, window=window))

    assert sizes is None or prod(sizes.y) == written


def test_a_window_overlaps_as_in_networks() -> None:
    """A pool of 3x3 that halves an image is padded by one pixel; one of 2x2 is not."""
    pools = (MemoryPass("MaxPool", read=802816, written=200704, window=each) for each in (9, 4))

    made = [RECIPES["MaxPool"].sizes(each) for each in pools]

    assert [{"kernel": 3, "stride": 2, "pad": 1}, {"kernel": 2, "stride": 2, "pad": 0}] == [
        each and each.how for each in made
    ]
