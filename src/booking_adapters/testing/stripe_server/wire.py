"""Stripe's wire: nested form fields in, JSON and error objects out."""

import re
from typing import Any
from urllib.parse import parse_qsl

import attrs

Json = dict[str, Any]
"""An object as it travels; open data by nature."""

MOST_FIELDS = 1_000
DEEPEST = 8
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


class ApiError(Exception):
    """An answer that is an error object."""

    def __init__(self, status: int, error: Json, *, should_retry: bool | None = None) -> None:
        super().__init__(error.get("message", ""))
        self.status, self.error, self.should_retry = status, error, should_retry


@attrs.frozen(kw_only=True)
class Response:
    """What is sent back: status, body and the headers that are not the same for all answers."""

    status: int
    body: Json
    headers: dict[str, str] = attrs.field(factory=dict)


def invalid_request(message: str, *, status: int = 400, **more: Any) -> ApiError:
    """An `invalid_request_error`, with `code`, `param` and the object concerned where they are known."""
    error = {"type": "invalid_request_error", "message": message, **_known(more)}
    return ApiError(status, error)


def card_error(message: str, **more: Any) -> ApiError:
    """A `card_error`: 402 with `code` and `decline_code`."""
    return ApiError(402, {"type": "card_error", "message": message, **_known(more)})


def missing(kind: str, id: str, *, param: str = "id") -> ApiError:
    """Nothing of that id: 404 where the address names it, 400 where a parameter does."""
    status = 404 if param == "id" else 400
    return invalid_request(f"No such {kind}: '{id}'", status=status, code="resource_missing", param=param)


def decode_form(text: str) -> Json:
    """Form fields as a tree: `a[b]=1` nests, `a[0]=1` and `a[]=1` give a mapping from positions.

    What is a list and what a mapping with numbers for keys is decided by the parameter's type, not here. Raises
    ApiError for text that nests deeper than 8 levels, has more than 1,000 fields, or contradicts itself.
    """
    try:
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except (ValueError, UnicodeDecodeError) as unreadable:
        raise invalid_request("The request's fields cannot be read") from unreadable
    tree: Json = {}
    for name, value in fields:
        matched = _NAME.fullmatch(name)
        path = [matched[1], *_PART.findall(matched[2])] if matched else []
        if not path or len(path) > DEEPEST:
            raise invalid_request(f"Invalid parameter name: {name[:100]}")
        _plant(tree, path, value)
    return tree


def _plant(tree: Json, path: list[str], value: str) -> None:
    here = tree
    for part in path[:-1]:
        here = here.setdefault(part or str(len(here)), {})
        if not isinstance(here, dict):
            raise invalid_request(f"{path[0]} is both a value and an object", param=path[0])
    last = path[-1] or str(len(here))
    if isinstance(here.get(last), dict):
        raise invalid_request(f"{path[0]} is both a value and an object", param=path[0])
    here[last] = value


def _known(more: Json) -> Json:
    return {key: value for key, value in more.items() if value is not None}
