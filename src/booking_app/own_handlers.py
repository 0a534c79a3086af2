"""Handlers of an application, named in the settings as `module:function`."""

from collections.abc import Sequence
from importlib import import_module

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.usecases.handling import Handler


def own_handlers(names: Sequence[str]) -> list[Handler]:
    """The handlers of these names, in order; raises InvalidInput naming the one that is not there or is none."""
    return [_handler(name) for name in names]


def _handler(name: str) -> Handler:
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise InvalidInput("handlers", "must be module:function", name)
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidInput("handlers", f"cannot be loaded: {error}", name) from error
    if not (callable(found) and hasattr(found, "name") and hasattr(found, "events")):
        raise InvalidInput("handlers", "is no handler: does @on(…) stand above it?", name)
    handler: Handler = found
    return handler
