"""Takes the layers of a PyTorch module, by running it once, usually without any numbers.

A new operator is a case in `trace`.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Literal

from fodlam_core.errors import FodlamError, NetworkError
from fodlam_core.libraries import need
from fodlam_core.networks.draft import computed_beforehand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fodlam_core.model.layers import Network


def from_torch(
    module: Any,
    inputs: Any,
    *,
    kwargs: Mapping[str, Any] | None = None,
    device: Literal["meta", "cpu"] = "meta",
    name: str | None = None,
    dtype: Any = None,
) -> Network:
    """Return a PyTorch module as a network, on the meta device without computing anything.

    The module is run once in evaluation mode; its parameters, hooks and mode are left as they
    were. Every operator is seen, functions such as attention included; a module that is called
    again with the same shape is repeated.

    Args:
        module: a ``torch.nn.Module``.
        inputs: the size of one input without the batch, such as ``(3, 224, 224)``; or an example,
            a tensor with a batch of 1, whose type is kept; or a list of sizes and examples, if the
            module takes several inputs.
        kwargs: arguments by keyword, examples of tensors among them.
        device: ``"meta"``: only sizes are followed; ``"cpu"``: the module is run for real, on
            examples or else on random numbers, as modules need whose steps depend on values.
        name: the name of the network; by default that of its class.
        dtype: type of the inputs given by size, such as ``torch.long`` for tokens; by default that
            of the first floating-point parameter.

    Raises:
        NetworkError: if torch is not installed, or the module cannot be run so, for instance
            because its steps depend on values.
    """
    torch = need("torch", "from_torch", "torch", NetworkError)
    if not isinstance(module, torch.nn.Module):
        raise NetworkError(f"from_torch: expected a torch.nn.Module, got {type(module).__name__}")
    if device not in ("meta", "cpu"):
        raise NetworkError(f'from_torch: device: expected "meta" or "cpu", got {device!r}')
    from fodlam_core.networks.torch.examples import example, examples, shown
    from fodlam_core.networks.torch.refusals import refusal
    from fodlam_core.networks.torch.trace import Trace

    if dtype is None:
        floats = (each.dtype for each in module.parameters() if each.is_floating_point())
        dtype = next(floats, torch.get_default_dtype())
    given = examples(inputs, dtype, device)
    more = {key: example(value, dtype, device) for key, value in (kwargs or {}).items()}
    title = name or type(module).__name__
    trace = Trace(())
    try:
        state = dict([*module.named_parameters(), *module.named_buffers()])
        if device == "meta":
            state = {key: torch.empty_like(each, device="meta") for key, each in state.items()}
        trace = Trace(state.values())
        with ExitStack() as stack:
            stack.enter_context(_evaluation(module))
            stack.enter_context(_scopes(module, trace))
            stack.enter_context(torch.no_grad())
            stack.enter_context(torch.device(device))
            stack.enter_context(trace)
            torch.func.functional_call(module, state, tuple(given), more)
    except FodlamError as error:
        raise NetworkError(f"{title}: {error}") from None
    except Exception as error:  # the module is the user's own code
        where = f"in {trace.scope!r}: " if trace.scope else ""
        text = refusal(error, device)
        raise NetworkError(
            f"{title}: cannot be run on the {device} device with {shown(given)}: {where}{text}"
        ) from error
    if trace.folded:
        trace.draft.notes.append(computed_beforehand(trace.folded))
    return trace.draft.network(title, f"PyTorch module {type(module).__name__}, {shown(given)}")


@contextmanager
def _evaluation(module: Any) -> Iterator[None]:
    """Switch to evaluation mode; put back afterwards what the run has set in any part.

    Some modules keep what they have made, such as anchors, which are of no use on another device.
    """
    before = [(each, each.training, dict(vars(each))) for each in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for each, training, attributes in before:
            vars(each).clear()
            vars(each).update(attributes)
            each.training = training


@contextmanager
def _scopes(module: Any, trace: Any) -> Iterator[None]:
    """Tell the trace which part of the module is running."""
    handles = []

    def enter(name: str) -> Any:
        return lambda *_: trace.scopes.append(name)

    def leave(*_: Any) -> None:
        trace.scopes.pop()

    from torch.nn import RNNBase

    try:
        for name, each in module.named_modules():
            if isinstance(each, RNNBase):
                trace.recurrent.add(name)
            handles.append(each.register_forward_pre_hook(enter(name)))
            handles.append(each.register_forward_hook(leave))
        yield
    finally:
        for handle in handles:
            handle.remove()
