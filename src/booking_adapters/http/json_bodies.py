"""Bodies as strict JSON: nothing is coerced, nothing unknown is let in, and every complaint names its field."""

import functools
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_origin
from uuid import UUID

import attrs
import cattrs
from cattrs.errors import AttributeValidationNote, ClassValidationError, ForbiddenExtraKeysError

from booking_adapters.http.refusals import FieldError, InvalidFields, InvalidJson
from booking_adapters.http.texts import date_of, instant_of, printable
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import parse_uuid

T = TypeVar("T")

LARGEST_BODY = 64 * 1024
DEEPEST_NESTING = 32
LONGEST_TEXT = 2_000
LONGEST_LIST = 1_000
LARGEST_NUMBER = 2**63 - 1
_LONGEST_DIGITS = 19
_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')


@attrs.frozen
class _Unacceptable:
    """Stands for a value that JSON could spell and we refuse, until it is known which field it is in."""

    reason: str


def read_body(raw: bytes, kind: type[T]) -> T:
    """The request that a body describes; raises InvalidJson, or InvalidFields with every field that is wrong."""
    data = parse_json(raw)
    try:
        return _converter().structure(data, kind)
    except (ClassValidationError, InvalidInput) as refused:
        raise InvalidFields(_field_errors(refused, "")) from None


def parse_json(raw: bytes) -> Any:
    """JSON-ready data, with what is refused marked in its place; raises InvalidJson."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidJson("the body is not UTF-8") from None
    _check_nesting(text)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as wrong:
        raise InvalidJson(
            f"the body is not JSON: {wrong.msg} at line {wrong.lineno} column {wrong.colno}"
        ) from None


def _check_nesting(text: str) -> None:
    if text.count("{") + text.count("[") <= DEEPEST_NESTING:
        return
    depth = 0
    for token in _STRINGS_AND_BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > DEEPEST_NESTING:
            raise InvalidJson(f"the body is nested more than {DEEPEST_NESTING} deep")


def _whole(digits: str) -> int | _Unacceptable:
    """A number, unless it is so long that reading it would be work."""
    if len(digits.lstrip("-")) > _LONGEST_DIGITS or not -LARGEST_NUMBER <= int(digits) <= LARGEST_NUMBER:
        return _Unacceptable("is a number beyond 64 bits")
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = _Unacceptable("is given twice") if name in found else value
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_whole,
    parse_float=lambda _: _Unacceptable("is not a whole number"),
    parse_constant=lambda name: _Unacceptable(f"is {name}, which is not JSON"),
)


@functools.cache
def _converter() -> cattrs.Converter:
    made = cattrs.Converter(forbid_extra_keys=True)
    readers: tuple[tuple[type, Callable[[Any], object]], ...] = (
        (bool, lambda data: _exactly(bool, "true or false", data)),
        (int, lambda data: _exactly(int, "a whole number", data)),
        (str, _text),
        (UUID, lambda data: parse_uuid(_text(data), "")),
        (datetime, lambda data: instant_of(_text(data))),
        (date, lambda data: date_of(_text(data))),
    )
    for kind, reader in readers:
        made.register_structure_hook(kind, _ignoring_type(reader))
    made.register_structure_hook(StrEnum, lambda data, kind: _one_of(kind, _text(data)))
    made.register_structure_hook_factory(_is_request, _object_reader)
    made.register_structure_hook_factory(_is_list, _list_reader)
    return made


def _ignoring_type(reader: Callable[[Any], T]) -> Callable[[Any, Any], T]:
    return lambda data, _: reader(data)


def _is_request(kind: Any) -> bool:
    return attrs.has(kind)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _object_reader(kind: Any, made: cattrs.Converter) -> Callable[[Any, Any], Any]:
    fields = cattrs.gen.make_dict_structure_fn(kind, made, _cattrs_forbid_extra_keys=True)
    return lambda data, wanted: fields(_exactly(dict, "an object", data), wanted)


def _list_reader(kind: Any, made: cattrs.Converter) -> Callable[[Any, Any], Any]:
    member = get_args(kind)[0]

    def read(data: Any, _: Any) -> tuple[Any, ...]:
        if len(_exactly(list, "a list", data)) > LONGEST_LIST:
            raise InvalidInput("", f"has more than {LONGEST_LIST} members", len(data))
        members = []
        for position, each in enumerate(data):
            try:
                members.append(made.structure(each, member))
            except InvalidInput as refused:
                raise InvalidInput(f"[{position}]", refused.reason, refused.details["value"]) from None
        return tuple(members)

    return read


def _exactly(kind: type[T], name: str, data: Any) -> T:
    if isinstance(data, _Unacceptable):
        raise InvalidInput("", data.reason)
    if type(data) is not kind:
        raise InvalidInput("", f"must be {name}", data)
    return data


def _one_of(kind: type[StrEnum], text: str) -> StrEnum:
    if text not in {each.value for each in kind}:
        raise InvalidInput("", f"must be one of {', '.join(kind)}", text)
    return kind(text)


def _text(data: Any) -> str:
    text = _exactly(str, "text", data)
    if len(text) > LONGEST_TEXT:
        raise InvalidInput("", f"is longer than {LONGEST_TEXT} characters")
    if printable(text) != text:
        raise InvalidInput("", "contains characters that no text has")
    return text


def _field_errors(refused: BaseException, path: str) -> Iterator[FieldError]:
    """Every complaint of a tree of them, under the path that leads to its field."""
    match refused:
        case ClassValidationError():
            for each in refused.exceptions:
                notes = (
                    note
                    for note in getattr(each, "__notes__", ())
                    if isinstance(note, AttributeValidationNote)
                )
                name = next((note.name for note in notes), None)
                yield from _field_errors(each, path if name is None else _inside(path, name))
        case ForbiddenExtraKeysError():
            for name in sorted(refused.extra_fields):
                yield FieldError(
                    _inside(path, printable(name)[:LONGEST_TEXT]), "is not a field of this request"
                )
        case KeyError():
            yield FieldError(path, "is required")
        case InvalidInput():
            value = refused.details["value"]
            shown = printable(value) if isinstance(value, str) else value
            yield FieldError(f"{path}{refused.field}" or "body", refused.reason, shown)
        case _:
            raise refused


def _inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
