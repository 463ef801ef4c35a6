"""Which blocks of a decoder attend to a window of keys only."""

from __future__ import annotations

from collections.abc import Callable

from fodlam_core.networks.transformers.fields import Fields

Window = Callable[[int], int | None]
Windows = Callable[[Fields, int], Window]


def no_window(fields: Fields, count: int) -> Window:  # noqa: ARG001, as every `Windows`
    """Return no window, whatever the file says."""
    return lambda _: None


def everywhere(default: int | None) -> Windows:
    """Return the window ``sliding_window`` in every block (Mistral, Phi-3).

    Args:
        default: the window if the file does not mention it; null there means none.
    """

    def windows(fields: Fields, count: int) -> Window:
        size = fields.optional("sliding_window")
        if "sliding_window" not in fields.table:
            size = default
        return _by_type(fields, count, size, lambda _: True)

    return windows


def every(period: int, default: int | None) -> Windows:
    """Return a window in all blocks but each ``period``-th (Gemma 2: 2, Gemma 3: 6)."""

    def windows(fields: Fields, count: int) -> Window:
        size = fields.size("sliding_window", default=default)
        turn = fields.size("sliding_window_pattern", default=period)
        return _by_type(fields, count, size, lambda index: (index + 1) % turn != 0)

    return windows


def from_block(fields: Fields, count: int) -> Window:
    """Return a window from block ``max_window_layers`` on, where it is switched on (Qwen 2, 3)."""
    size, first = _switched(fields)
    return _by_type(fields, count, size, lambda index: index >= first)


def even_before_block(fields: Fields, count: int) -> Window:
    """Return a window in even blocks before ``max_window_layers``, where it is on (Qwen 2 MoE)."""
    size, last = _switched(fields)
    return _by_type(fields, count, size, lambda index: index % 2 == 0 and index < last)


def _switched(fields: Fields) -> tuple[int | None, int]:
    size, on = fields.optional("sliding_window"), fields.flag("use_sliding_window", default=False)
    return size if on else None, fields.size("max_window_layers", default=28, least=0)


def _by_type(fields: Fields, count: int, size: int | None, slides: Callable[[int], bool]) -> Window:
    """Let ``layer_types``, where a file has it, decide which blocks slide."""
    types = fields.items("layer_types", str)
    if types is not None:
        fields.demand(
            f"layer_types: {len(types)} types for {count} num_hidden_layers",
            holds=len(types) == count,
        )
        strange = sorted(set(types) - {"full_attention", "sliding_attention"})
        fields.demand(f"layer_types: {', '.join(strange)} is not covered", holds=not strange)
        given = dict(enumerate(types))
        return lambda index: size if given.get(index) == "sliding_attention" else None
    return lambda index: size if slides(index) else None
