"""Takes the layers of a PyTorch module, by running it on the meta device: shapes, no numbers.

A new operator is a case in `trace`.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from fodlam_core.errors import FodlamError, NetworkError
from fodlam_core.networks.draft import require

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fodlam_core.model.layers import Network


def from_torch(
    module: Any,
    input_size: Sequence[int] | Sequence[Sequence[int]],
    *,
    name: str | None = None,
    dtype: Any = None,
) -> Network:
    """Return a PyTorch module as a network, without computing anything.

    The module is run once with one inference of the given size on the meta device, in evaluation
    mode; its parameters, hooks and mode are left as they were. Every operator is seen, functions
    such as attention included; a module that is called again with the same shape is repeated.

    Args:
        module: a ``torch.nn.Module``.
        input_size: size of one input without the batch, such as ``(3, 224, 224)``; or a list of
            sizes, if the module takes several inputs.
        name: the name of the network; by default that of its class.
        dtype: type of the input, such as ``torch.long`` for tokens; by default that of the first
            floating-point parameter.

    Raises:
        NetworkError: if torch is not installed, or the module does not run on the meta device,
            for instance because its control flow depends on values.
    """
    torch = require("torch", "torch", "from_torch")
    if not isinstance(module, torch.nn.Module):
        raise NetworkError(f"from_torch: expected a torch.nn.Module, got {type(module).__name__}")
    sizes = _sizes(input_size)
    from fodlam_core.networks.torch.trace import Trace

    if dtype is None:
        floats = (each.dtype for each in module.parameters() if each.is_floating_point())
        dtype = next(floats, torch.get_default_dtype())
    inputs = [torch.empty((1, *size), dtype=dtype, device="meta") for size in sizes]
    title = name or type(module).__name__
    trace = Trace(())
    try:
        state = {
            key: torch.empty_like(tensor, device="meta")
            for key, tensor in [*module.named_parameters(), *module.named_buffers()]
        }
        trace = Trace(state.values())
        with ExitStack() as stack:
            stack.enter_context(_evaluation(module))
            stack.enter_context(_scopes(module, trace))
            stack.enter_context(torch.no_grad())
            stack.enter_context(torch.device("meta"))
            stack.enter_context(trace)
            torch.func.functional_call(module, state, tuple(inputs))
    except FodlamError as error:
        raise NetworkError(f"{title}: {error}") from None
    except Exception as error:  # the module is the user's own code
        where = f"in {trace.scope!r}: " if trace.scope else ""
        raise NetworkError(
            f"{title}: cannot be run on the meta device with input {sizes}: {where}"
            f"{' '.join(str(error).split())[:300] or type(error).__name__}"
        ) from error
    return trace.draft.network(title, f"PyTorch module {type(module).__name__}, input {sizes}")


def _sizes(input_size: Any) -> list[tuple[int, ...]]:
    try:
        sizes = list(input_size)
        nested = [tuple(size) for size in sizes] if sizes and not isinstance(sizes[0], int) else []
    except TypeError:
        sizes, nested = [], []
    found = nested or ([tuple(sizes)] if sizes else [])
    if not found or any(type(n) is not int or n < 1 for size in found for n in size):
        raise NetworkError(
            "from_torch: input_size: expected the size of one input without the batch, such as "
            f"(3, 224, 224), or a list of them; got {input_size!r}"
        )
    return found


@contextmanager
def _evaluation(module: Any) -> Iterator[None]:
    """Switch to evaluation mode, and every part back to its own mode afterwards."""
    modes = [(each, each.training) for each in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for each, training in modes:
            each.training = training


@contextmanager
def _scopes(module: Any, trace: Any) -> Iterator[None]:
    """Tell the trace which part of the module is running."""
    handles = []

    def enter(name: str) -> Any:
        return lambda *_: trace.scopes.append(name)

    def leave(*_: Any) -> None:
        trace.scopes.pop()

    try:
        for name, each in module.named_modules():
            handles.append(each.register_forward_pre_hook(enter(name)))
            handles.append(each.register_forward_hook(leave))
        yield
    finally:
        for handle in handles:
            handle.remove()
