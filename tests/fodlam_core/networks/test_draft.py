"""Tests of collecting a network."""

from __future__ import annotations

from fodlam_core.model.layers import Layer
from fodlam_core.networks.draft import Draft


def test_names_that_are_taken_get_a_number() -> None:
    """Layers whose names differ in nothing that counts stay apart, with one note."""
    draft = Draft()
    for name in ("conv_1", "CONV-1", "conv_1", "conv_1#2"):
        draft.add(Layer(name, "conv", 1))
    network = draft.network("net", "here")
    assert len({layer.key for layer in network.layers}) == 4
    assert len(network.notes) == 1


def test_marking_keeps_everything_else() -> None:
    """A layer that a shortcut is added to differs in nothing else."""
    draft = Draft()
    index = draft.add(Layer("a", "conv", 7, repeat=3))
    draft.mark_residual(index)
    assert draft.layers == [Layer("a", "conv", 7, repeat=3, residual_add=True)]


def test_what_cannot_be_costed_is_noted() -> None:
    """Operators that cannot be costed are in the network and in its notes."""
    draft = Draft()
    draft.uncosted["LSTM"] += 2
    network = draft.network("net", "here")
    assert network.uncosted == {"LSTM": 2}
    assert network.notes == ("cannot be costed, and missing from every total: 2 LSTM",)
