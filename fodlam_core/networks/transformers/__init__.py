"""Hugging Face ``config.json``: the sizes of a transformer, without torch and without weights.

A file names its family by ``model_type`` (`FAMILIES` lists those that are read); its fields are
those of the public code of transformers 5, with the aliases and the defaults of the family's
class. What a run does with the model is said under ``[network]``::

    prompt = 512            # tokens that go through at once (prefill)
    generate = 128          # tokens after them, one by one (decode); the prefill gives the first
    context = 1024          # instead: one decode step, that attends to so many keys
    decode = "mean"         # or "stepped": every step by itself
    weights = "int4"        # what the weights are stored as
    logits = "last"         # or "all": rows of a prompt that the head is computed for
    mla = "absorbed"        # or "expanded": latent attention in decode steps
    causal = "full"         # or "half": whether masked products of a prompt count
    part = "encode"         # or "prefill", "decode": of an encoder with a decoder

Layers are those of one sequence. A layer's name ends in its class (``q``, ``attn_scores``,
``experts_down``); a matrix is of kind fc with a row for each token, a product of queries with the
cache of kind matmul.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import NetworkError, unknown
from fodlam_core.files import FileError, parsed_json
from fodlam_core.networks.read_text import read_text, refuse, refuse_if

if TYPE_CHECKING:
    from pathlib import Path

    from fodlam_core.model.layers import Network
    from fodlam_core.networks.reader import ReadOptions, TokenOptions

_KEYS = rb'"(model_type|architectures|transformers_version|torch_dtype|_name_or_path|vocab_size)"'


def is_transformer(head: bytes) -> bool:
    """Tell a ``config.json`` from other JSON by the keys that all of them have."""
    return re.match(rb"(\xef\xbb\xbf)?\s*\{", head) is not None and (
        re.search(_KEYS + rb"\s*:", head) is not None
    )


class TransformersReader:
    """Reads Hugging Face's ``config.json``."""

    name = "transformers"
    suffixes = (".json",)
    reads_tokens = True

    def accepts(self, head: bytes) -> bool:
        """Tell whether it is an object with the keys of a model's configuration."""
        return is_transformer(head)

    def read(self, path: Path, options: ReadOptions) -> Network:
        """Read a file, and lay out the run that the options ask for."""
        refuse(path, options, "input", "regions")
        try:
            table = parsed_json(read_text(path))
        except FileError as error:
            raise NetworkError(f"{path}: {error}") from error
        name = path.parent.name if path.stem.lower() == "config" else path.stem
        return transformer_network(table, str(path), name or path.stem, options.tokens)


def transformer_network(
    table: Any, where: str, name: str, options: TokenOptions, source: str = ""
) -> Network:
    """Return the network of a run.

    Args:
        table: the parsed file.
        where: how errors name it; "" for not at all.
        name: the name of the network.
        options: what goes through it.
        source: where the sizes come from; by default the file.

    Raises:
        NetworkError: with a line for each mistake.
    """
    from fodlam_core.networks.transformers.network import network_of
    from fodlam_core.networks.transformers.precision import PRECISIONS, precision_named

    try:
        model = model_of(table)
        if options.weights is not None:
            precision = options.weights, precision_named(options.weights)
        else:
            from fodlam_core.networks.transformers.precision import stored_precision

            precision = stored_precision(table) or ("fp16", PRECISIONS["fp16"])
        network = network_of(model, options, name, source or where, precision)
    except NetworkError as error:
        raise NetworkError(error, where=where) from error
    return network


def model_of(table: Any) -> Any:
    """Return the `Transformer` that a parsed file describes.

    Raises:
        NetworkError: with a line for each mistake, which names the field.
    """
    from fodlam_core.networks.transformers.families import FAMILIES
    from fodlam_core.networks.transformers.fields import Fields

    if not isinstance(table, Mapping):
        raise NetworkError("expected an object of fields")
    kind = table.get("model_type")
    if kind is None:
        known = f"known are {', '.join(sorted(FAMILIES))}"
        raise NetworkError("is missing", where="model_type", cure=known)
    if not isinstance(kind, str) or kind not in FAMILIES:
        nested = isinstance(table.get("text_config"), Mapping)
        cure = "its text_config may be read as a file of its own" if nested else ""
        what = unknown("family", str(kind)[:60], FAMILIES)
        raise NetworkError(what, where="model_type", cure=cure)
    fields = Fields(table)
    model = FAMILIES[kind](fields)
    refuse_if(list(dict.fromkeys((*fields.problems, *fields.unread()))))
    return model
