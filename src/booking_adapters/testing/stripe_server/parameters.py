"""Parameters, checked against the installed SDK's own types, so that this server cannot drift from the SDK.

An open enumeration of the SDK (`Literal[...] | str`) is closed here, as it is at Stripe. What Stripe knows and this
server does not do is refused with a code of its own rather than ignored.
"""

import types
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import stripe.params
from stripe._request_options import RequestOptions  # options travel in one type with parameters

from booking_adapters.testing.stripe_server.wire import ApiError, Json, invalid_request

NOT_DONE_HERE = "parameter_not_supported_by_test_server"

_OPTIONS = frozenset(RequestOptions.__annotations__)
_LONGEST_INTEGER = 18


def checked(kind: str | None, raw: Json, supported: AbstractSet[str]) -> Json:
    """The parameters of a request, typed as `stripe.params.<kind>` says (None: the request takes none).

    `supported` names what this server does, nested ones with dots. Raises ApiError.
    """
    if kind is None:
        if raw:
            raise _unknown(next(iter(raw)))
        return {}
    values = _typed_dict(getattr(stripe.params, kind), raw, "")
    for path in _leaves(values, ""):
        if not any(path == each or path.startswith(f"{each}.") for each in supported):
            shown = _bracketed(path)
            raise invalid_request(f"The test server does not do {shown}", code=NOT_DONE_HERE, param=shown)
    return values


@lru_cache(maxsize=512)
def _fields(kind: type) -> Mapping[str, Any]:
    hints = get_type_hints(kind, localns={"StripeContext": str, "Mapping": Mapping})
    return {name: hint for name, hint in hints.items() if name not in _OPTIONS}


def _typed_dict(kind: Any, raw: Json, prefix: str) -> Json:
    fields = _fields(kind)
    for name in raw:
        if name not in fields:
            raise _unknown(_inside(prefix, name))
    for name in fields:
        if name in kind.__required_keys__ and name not in raw:
            path = _inside(prefix, name)
            raise invalid_request(f"Missing required param: {path}.", code="parameter_missing", param=path)
    return {name: _converted(value, fields[name], _inside(prefix, name)) for name, value in raw.items()}


def _converted(value: Any, hint: Any, path: str) -> Any:
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _one_of(value, get_args(hint), path)
    if origin is Literal:
        return _choice(value, get_args(hint), path)
    if hasattr(hint, "__required_keys__"):  # a TypedDict; the SDK's are not typing's own before 3.13
        return _typed_dict(hint, _mapping(value, path), path)
    if origin is list:
        return _list(value, get_args(hint)[0], path)
    if origin is dict:
        value_hint = get_args(hint)[1]
        items = _mapping(value, path).items()
        # An empty value unsets its key, so that it is good here.
        return {key: each and _converted(each, value_hint, _inside(path, key)) for key, each in items}
    return _scalar(value, hint, path)


def _one_of(value: Any, hints: tuple[Any, ...], path: str) -> Any:
    """The first reading that fits. A text type beside an enumeration only keeps the SDK open: it is left out."""
    choices = tuple(each for hint in hints if get_origin(hint) is Literal for each in get_args(hint))
    others = [hint for hint in hints if get_origin(hint) is not Literal]
    if any(choices):  # more than '', which unsets
        others = [hint for hint in others if hint is not str]
    failures = []
    for hint in [*([Literal[choices]] if choices else []), *others]:
        try:
            return _converted(value, hint, path)
        except ApiError as failure:
            failures.append(failure)
    # The reading that went deepest knows best what is wrong.
    raise max(failures, key=lambda failure: len(failure.error.get("param", "")))


def _choice(value: Any, choices: tuple[Any, ...], path: str) -> Any:
    if value in choices:
        return value
    named = ", ".join(str(each) for each in choices if each != "")
    raise invalid_request(f"Invalid {path}: must be one of {named}", param=path)


def _list(value: Any, hint: Any, path: str) -> list[Any]:
    items = _mapping(value, path)
    if not all(key.isdecimal() for key in items):
        raise invalid_request(f"Invalid array: {path}", param=path)
    ordered = sorted(items, key=int)
    return [_converted(items[key], hint, _inside(path, key)) for key in ordered]


def _mapping(value: Any, path: str) -> Json:
    if isinstance(value, dict):
        return value
    raise invalid_request(f"Invalid object: {path}", param=path)


def _scalar(value: Any, hint: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise invalid_request(f"Invalid string: {path}", param=path)
    if hint is bool:
        if value not in {"true", "false"}:
            raise invalid_request(f"Invalid boolean: {value[:50]}", param=path)
        return value == "true"
    if hint is int:
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_INTEGER):
            message = f"Invalid integer: {value[:50]}"
            raise invalid_request(message, code="parameter_invalid_integer", param=path)
        return int(value)
    if hint is str:
        if not value:
            message = f"An empty value unsets a parameter, and {path} cannot be unset"
            raise invalid_request(message, code="parameter_invalid_empty", param=path)
        return value
    raise invalid_request(f"Invalid value: {path}", param=path)


def _unknown(path: str) -> ApiError:
    if path == "payment_method_types":
        message = "payment_method_types is no longer taken; use allowed_payment_method_types"
        return invalid_request(message, code="payment_method_types_no_longer_supported", param=path)
    return invalid_request(f"Received unknown parameter: {path}", code="parameter_unknown", param=path)


def _inside(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


def _leaves(values: Any, prefix: str) -> Iterable[str]:
    if isinstance(values, dict) and values:
        for name, value in values.items():
            yield from _leaves(value, f"{prefix}.{name}" if prefix else name)
    elif prefix:
        yield prefix


def _bracketed(path: str) -> str:
    first, *rest = path.split(".")
    return first + "".join(f"[{each}]" for each in rest)
