"""The parts of a run: what goes through a model, and in how many steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fodlam_core.errors import NetworkError, Problem, Setting
from fodlam_core.networks.transformers.parts import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fodlam_core.networks.reader import TokenOptions
    from fodlam_core.networks.transformers.stacks import Stack, Transformer

DEFAULT_PROMPT = 512
PART = Setting(("network",), "part")


class Pass(NamedTuple):
    """One part of a run.

    Attributes:
        name: what its layers are named after.
        stack: the blocks that run.
        runs: one for each step whose keys differ, or one for all steps.
        steps: how many steps each run stands for.
        text: what it is, for a person.
    """

    name: str
    stack: Stack
    runs: tuple[Run, ...]
    steps: int
    text: str

    @property
    def tokens(self) -> int:
        """The longest sequence of it."""
        return max(run.keys.stop - 1 for run in self.runs)


def passes(model: Transformer, options: TokenOptions) -> tuple[Pass, ...]:
    """Return the parts of a run, in order.

    Raises:
        NetworkError: if the options do not fit the model, or each other.
    """
    if model.decoder is None:
        made = tuple(_encoder(model, options))
    elif model.encoder is None:
        made = tuple(_decoder(model.decoder, options))
    else:
        made = tuple(_both(model, model.decoder, options))
    problems = [problem for each in made for problem in _too_long(each)]
    if problems:
        raise NetworkError(*problems)
    return made


def _too_long(one: Pass) -> Iterator[Problem]:
    most = one.stack.positions
    if most is not None and one.tokens > most:
        yield (
            Problem(
                f"{one.tokens} tokens ({one.name})",
                (Setting(("network",), "context" if one.name == "decode" else "prompt"),),
                more=f", but the model takes at most {most}",
            )
        )


def _refuse(options: TokenOptions, why: str, *keys: str) -> None:
    given = [key for key in keys if getattr(options, key) is not None]
    if given:
        problems = (Problem(why, (Setting(("network",), key),)) for key in given)
        raise NetworkError(*problems, cure="leave it out")


def _encoder(model: Transformer, options: TokenOptions) -> Iterator[Pass]:
    stack = model.encoder
    assert stack is not None
    why = "an encoder without a decoder generates nothing, and caches nothing"
    _refuse(options, why, "generate", "context", "decode")
    if options.part not in (None, "encode"):
        raise NetworkError(f"there is no {options.part}, only encode", where=PART)
    if stack.tokens not in (None, options.prompt):
        _refuse(options, _always(stack), "prompt")
    tokens = stack.tokens or options.prompt or _default(stack)
    yield _encode(stack, tokens)


def _encode(stack: Stack, tokens: int) -> Pass:
    run = Run(tokens, range(tokens, tokens + 1), logits=tokens)
    return Pass(name="encode", stack=stack, runs=(run,), steps=1, text=f"{tokens} tokens at once")


def _default(stack: Stack) -> int:
    return min(DEFAULT_PROMPT, stack.positions or DEFAULT_PROMPT)


def _decoder(stack: Stack, options: TokenOptions) -> Iterator[Pass]:
    if options.part == "encode":
        raise NetworkError(
            "there is no encoder", where=PART, cure="it is one of prefill and decode"
        )
    if options.context is not None:
        why = "context is one decode step by itself"
        _refuse(options, why, "prompt", "generate", "decode")
        if options.part == "prefill":
            _refuse(options, "a prefill attends to its prompt", "context")
        yield _one_step(stack, options.context, 0, options)
        return
    prompt = options.prompt or _default(stack)
    if options.part != "decode":
        yield _prefill(stack, prompt, 0, options)
    if options.part != "prefill":
        yield from _decode(stack, prompt, 0, options)


def _both(model: Transformer, stack: Stack, options: TokenOptions) -> Iterator[Pass]:
    """Yield what is asked for of an encoder and its decoder.

    ``prompt`` counts the tokens of the encoder, ``context`` those of the decoder; without it
    ``part = "prefill"`` takes the decoder's from ``prompt``.
    """
    encoder = model.encoder
    assert encoder is not None
    prompt, context, part = options.prompt, options.context, options.part
    if part == "prefill" and context is None:
        context, prompt = prompt, None
    if encoder.tokens not in (None, prompt):
        _refuse(options._replace(prompt=prompt), _always(encoder), "prompt")
    source = encoder.tokens or prompt or model.source or DEFAULT_PROMPT
    if part in (None, "encode"):
        yield _encode(encoder, source)
    if part == "encode":
        _refuse(options, "an encoder has no cache", "context", "generate", "decode")
        return
    if part != "decode":
        yield _prefill(stack, context or 1, source, options)
    elif context is not None and options.generate is None:
        yield _one_step(stack, context, source, options)
        return
    if part != "prefill":
        yield from _decode(stack, context or 1, source, options)


def _always(stack: Stack) -> str:
    return f"the input is always {stack.tokens} tokens"


def _prefill(stack: Stack, prompt: int, source: int, options: TokenOptions) -> Pass:
    run = Run(
        prompt,
        range(prompt, prompt + 1),
        logits=prompt if options.logits == "all" else 1,
        source=source,
        half=options.causal == "half",
    )
    return Pass(
        name="prefill", stack=stack, runs=(run,), steps=1, text=f"prompt of {prompt} tokens"
    )


def _one_step(stack: Stack, context: int, source: int, options: TokenOptions) -> Pass:
    run = _step(range(context, context + 1), source, options)
    return Pass(
        name="decode",
        stack=stack,
        runs=(run,),
        steps=1,
        text=f"one step that attends to {context} keys",
    )


def _step(keys: range, source: int, options: TokenOptions) -> Run:
    return Run(1, keys, source=source, step=True, absorbed=options.mla != "expanded")


def _decode(stack: Stack, prompt: int, source: int, options: TokenOptions) -> Iterator[Pass]:
    """Yield the steps after a prompt, of which the prefill has given the first token."""
    steps = (options.generate or 0) - 1
    if steps < 1 and options.part == "decode":
        context = Setting(("network",), "context", "128")
        what, cure = "a decode step needs the keys it attends to", ("give for instance ", context)
        raise NetworkError(what, where=PART, cure=cure)
    if steps < 1:
        return
    keys = range(prompt + 1, prompt + 1 + steps)
    text = f"{steps} steps that attend to {keys[0]} to {keys[-1]} keys"
    if options.decode == "stepped":
        runs = tuple(_step(range(key, key + 1), source, options) for key in keys)
        yield Pass(name="decode", stack=stack, runs=runs, steps=1, text=f"{text}, each by itself")
        return
    yield Pass(
        name="decode",
        stack=stack,
        runs=(_step(keys, source, options),),
        steps=steps,
        text=f"{text}, by their mean",
    )
