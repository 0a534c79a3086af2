"""The one converter between domain values and JSON-ready data (dicts, lists, text, whole numbers, booleans, None).

Instants are ISO 8601 in UTC, spans of time are whole seconds, zones are IANA names, ids are 36 characters. Reading
coerces nothing and refuses unknown fields, so that what was written by another version is noticed, not guessed at.
"""

import functools
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_origin
from uuid import UUID
from zoneinfo import ZoneInfo

import cattrs
from cattrs.errors import BaseValidationError, ForbiddenExtraKeysError

from booking_adapters._codec.prices import register_prices
from booking_core.domain.catalog.policy import Policy, RuleSetting, frozen_parameters
from booking_core.domain.catalog.schedule import Window
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import parse_uuid
from booking_core.domain.kernel.zone import zone

T = TypeVar("T")
Json = Any
"""JSON-ready data."""


def read(data: Json, kind: type[T]) -> T:
    """The value that the data describe; raises InvalidInput naming the first field that does not fit."""
    try:
        return converter().structure(data, kind)
    except BaseValidationError as refused:
        raise _first_reason(refused, kind.__name__) from refused


def write(value: object) -> Json:
    """The value as JSON-ready data, from which `read` makes an equal one."""
    return converter().unstructure(value)


@functools.cache
def converter() -> cattrs.Converter:
    """The converter, made once."""
    made = cattrs.Converter(forbid_extra_keys=True)
    for kind in (str, int, bool):
        made.register_structure_hook(kind, _exactly(kind))
    _register(made, UUID, str, parse_uuid)
    _register(made, datetime, _instant_text, _instant)
    _register(made, date, date.isoformat, _date)
    _register(made, timedelta, whole_seconds, _span)
    _register(made, ZoneInfo, lambda place: place.key, zone)
    _register(made, Window, lambda window: [window.start, window.end], _window)
    made.register_structure_hook(StrEnum, _member)
    made.register_unstructure_hook(StrEnum, lambda member: member.value)
    made.register_structure_hook_factory(_is_sequence, lambda kind: _sequence_reader(kind, made))
    made.register_unstructure_hook_factory(_is_sequence, lambda kind: _sequence_writer(kind, made))
    _register_parameters(made)
    register_prices(made)
    return made


def _register(
    made: cattrs.Converter, kind: type[T], to: Callable[[T], Json], of: Callable[[Json], T]
) -> None:
    made.register_unstructure_hook(kind, to)
    made.register_structure_hook(kind, lambda data, _: of(data))


def _exactly(kind: type[T]) -> Callable[[Json, Any], T]:
    def check(data: Json, _: Any) -> T:
        if type(data) is not kind:
            raise InvalidInput(kind.__name__, f"is {type(data).__name__}", data)
        return data

    return check


def _instant_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _instant(text: Json) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise InvalidInput("instant", "is not an ISO 8601 date and time", text) from None
    if moment.utcoffset() != timedelta(0):
        raise InvalidInput("instant", "is not in UTC", text)
    return moment.astimezone(UTC)


def _date(text: Json) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise InvalidInput("date", "is not an ISO 8601 date", text) from None


def whole_seconds(span: timedelta) -> int:
    """A span of time as whole seconds; raises InvalidInput for fractions, which nothing here is sold by."""
    if span.microseconds:
        raise InvalidInput("span", "must be in whole seconds", span)
    return span // timedelta(seconds=1)


def _span(seconds: Json) -> timedelta:
    try:
        return timedelta(seconds=_exactly(int)(seconds, int))
    except OverflowError:
        raise InvalidInput("span", "is too long", seconds) from None


def _window(pair: Json) -> Window:
    match pair:
        case [int(start), int(end)]:
            return Window(start, end)
    raise InvalidInput("window", "must be two minutes of a day", pair)


def _is_sequence(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is tuple or origin is frozenset


def _member(data: Json, kind: type[StrEnum]) -> StrEnum:
    for member in kind:
        if member.value == data:
            return member
    raise InvalidInput(kind.__name__, f"is none of {', '.join(kind)}", data)


def _sequence_reader(kind: Any, made: cattrs.Converter) -> Callable[[Json, Any], Any]:
    """Tuples of one kind (`tuple[X, ...]`), tuples of several (`tuple[X, Y]`), and sets, all of them lists in JSON."""
    whole = get_origin(kind)
    kinds = get_args(kind)
    repeated = kinds[0] if whole is frozenset or kinds[1:] == (...,) else None

    def sequence(data: Json, _: Any) -> Any:
        if not isinstance(data, list):
            raise InvalidInput("list", f"is {type(data).__name__}", data)
        if repeated is not None:
            return whole([made.structure(each, repeated) for each in data])
        if len(data) != len(kinds):
            raise InvalidInput("list", f"must have {len(kinds)} members", len(data))
        return tuple(made.structure(each, each_kind) for each, each_kind in zip(data, kinds, strict=True))

    return sequence


def _sequence_writer(kind: Any, made: cattrs.Converter) -> Callable[[Any], Json]:
    if get_origin(kind) is frozenset:
        return lambda members: sorted(made.unstructure(each) for each in members)
    return lambda members: [made.unstructure(each) for each in members]


def _register_parameters(made: cattrs.Converter) -> None:
    """Parameters are objects in JSON: what names a rule's values is their name, not their place."""
    as_object = cattrs.override(
        unstruct_hook=lambda parameters: {name: _plain(value) for name, value in parameters},
        struct_hook=lambda data, _: frozen_parameters(_exactly(dict)(data, dict)),
    )
    writer, reader = cattrs.gen.make_dict_unstructure_fn, cattrs.gen.make_dict_structure_fn
    made.register_unstructure_hook(RuleSetting, writer(RuleSetting, made, parameters=as_object))
    made.register_structure_hook(RuleSetting, reader(RuleSetting, made, parameters=as_object))
    made.register_unstructure_hook(
        Policy, writer(Policy, made, cancellation=as_object, payment=as_object, no_show_fee=as_object)
    )
    made.register_structure_hook(
        Policy, reader(Policy, made, cancellation=as_object, payment=as_object, no_show_fee=as_object)
    )


def _plain(value: Json) -> Json:
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if value is None or isinstance(value, str | int):
        return value
    raise InvalidInput("parameters", "must be text, whole numbers, booleans, lists or objects", value)


def _first_reason(refused: BaseException, where: str) -> InvalidInput:
    """The innermost first error of a group, under the path that leads to it."""
    match refused:
        case BaseExceptionGroup():
            first = refused.exceptions[0]
            notes = (getattr(note, "name", None) for note in getattr(first, "__notes__", ()))
            field = next((name for name in notes if isinstance(name, str)), None)
            return _first_reason(first, f"{where}.{field}" if field else where)
        case ForbiddenExtraKeysError():
            return InvalidInput(f"{where}.{min(refused.extra_fields)}", "is not known")
        case KeyError():
            return InvalidInput(where, "is missing")
        case InvalidInput():
            return InvalidInput(where, refused.reason, refused.details.get("value"))
    return InvalidInput(where, "does not fit", str(refused))
