"""What stands in addresses and headers: the names, their bounds, and the refusal of names that no operation knows."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

import attrs
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.openapi.spec import Example
from litestar.params import HeaderParameter, PathParameter, QueryParameter
from litestar.typing import FieldDefinition

from booking_adapters._wording.languages import LANGUAGES, language_of, preferred_language
from booking_adapters.http.refusals import FieldError, InvalidFields
from booking_adapters.http.texts import date_of, instant_of, printable
from booking_core.domain.availability.request import LARGEST_QUANTITY
from booking_core.domain.catalog.service import MOST_NEEDS
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.ids import ClaimId, TenantId, checked_key, parse_uuid
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing.request import MOST_CODES
from booking_core.domain.reservations.party import MOST_PEOPLE, Party
from booking_core.ports.storage import Tenants
from booking_core.usecases.book import LONGEST_IDEMPOTENCY_KEY
from booking_core.usecases.place_hold import LONGEST_SESSION

LONGEST_REFERENCE = 100

TenantKey = Annotated[
    str, PathParameter(description="Key of the business.", examples=[Example(value="clinic")])
]
ServiceKey = Annotated[
    str, PathParameter(description="Key of the service.", examples=[Example(value="visit")])
]
ResourceKey = Annotated[
    str, PathParameter(description="Key of the resource.", examples=[Example(value="anna")])
]
Reference = Annotated[str, PathParameter(description="Confirmation number or id of the reservation.")]
HoldId = Annotated[str, PathParameter(description="Id of the hold.", schema_extra={"format": "uuid"})]
ClosureIdText = Annotated[
    str, PathParameter(description="Id of the closure.", schema_extra={"format": "uuid"})
]

Language = Annotated[
    str | None,
    QueryParameter(
        name="language",
        description="In which language terms are told; left out, the one that Accept-Language likes best of these.",
        schema_extra={"enum": list(LANGUAGES)},
    ),
]
AcceptLanguage = Annotated[
    str,
    HeaderParameter(
        name="Accept-Language", description="Languages that the guest reads, the best liked by `q`."
    ),
]

Spoken = NamedDependency[str]
"""The language in which terms are told, as `spoken` reads it."""

WindowStart = Annotated[
    str,
    QueryParameter(
        name="start",
        description="Start of the window, an RFC 3339 date-time with a UTC offset (`Z`, or `%2B01:00`).",
        schema_extra={"format": "date-time"},
        examples=[Example(value="2026-03-02T00:00:00Z")],
    ),
]
WindowEnd = Annotated[
    str,
    QueryParameter(
        name="end",
        description="End of the window (not included), with a UTC offset.",
        schema_extra={"format": "date-time"},
        examples=[Example(value="2026-03-09T00:00:00Z")],
    ),
]
After = Annotated[
    str | None,
    QueryParameter(
        name="after", description="From when on; left out: from now.", schema_extra={"format": "date-time"}
    ),
]
OneStart = Annotated[
    str | None,
    QueryParameter(
        name="start",
        description="Start, with a UTC offset. Not for stays.",
        schema_extra={"format": "date-time"},
    ),
]
OneEnd = Annotated[
    str | None,
    QueryParameter(
        name="end",
        description="End; only where the customer chooses the length.",
        schema_extra={"format": "date-time"},
    ),
]
CheckIn = Annotated[
    str,
    QueryParameter(
        name="check_in",
        description="Date of arrival.",
        schema_extra={"format": "date"},
        examples=[Example(value="2026-03-13")],
    ),
]
CheckOut = Annotated[
    str,
    QueryParameter(
        name="check_out",
        description="Date of departure.",
        schema_extra={"format": "date"},
        examples=[Example(value="2026-03-15")],
    ),
]
OneCheckIn = Annotated[
    str | None,
    QueryParameter(name="check_in", description="Date of arrival (stays).", schema_extra={"format": "date"}),
]
OneCheckOut = Annotated[
    str | None,
    QueryParameter(
        name="check_out", description="Date of departure (stays).", schema_extra={"format": "date"}
    ),
]
Adults = Annotated[
    int, QueryParameter(name="adults", ge=0, le=MOST_PEOPLE, description="People of full age.")
]
ChildAges = Annotated[
    list[int] | None,
    QueryParameter(name="child_age", max_items=100, description="Age of a child in years; once for each."),
]
Quantity = Annotated[
    int,
    QueryParameter(name="quantity", ge=1, le=LARGEST_QUANTITY, description="How many places (seats, rooms)."),
]
Places = Annotated[
    int | None,
    QueryParameter(
        name="quantity",
        ge=1,
        le=LARGEST_QUANTITY,
        description="How many places; left out: seats for the whole party, where seats are sold, else one.",
    ),
]
Resources = Annotated[
    list[str] | None,
    QueryParameter(
        name="resource", max_items=MOST_NEEDS, description="Key of a chosen resource; may be repeated."
    ),
]
RatePlan = Annotated[
    str | None, QueryParameter(name="rate_plan", description="Rate plan to price by, such as AAA.")
]
Codes = Annotated[
    list[str] | None,
    QueryParameter(name="code", max_items=MOST_CODES, description="Promotion code; may be repeated."),
]
At = Annotated[
    str | None,
    QueryParameter(name="at", description="An instant; left out: now.", schema_extra={"format": "date-time"}),
]
Day = Annotated[
    str | None,
    QueryParameter(
        name="date", description="A date; left out: the present one.", schema_extra={"format": "date"}
    ),
]
OnlyService = Annotated[str | None, QueryParameter(name="service", description="One service; left out: all.")]
Moving = Annotated[
    str | None,
    QueryParameter(
        name="moving",
        description="Id of a reservation that is about to be moved: it is no obstacle to itself.",
        schema_extra={"format": "uuid"},
    ),
]
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=500, description="At most so many entries.")]
AfterKey = Annotated[
    str | None, QueryParameter(name="after", description="Key of the last entry of the page before.")
]
Session = Annotated[
    str,
    HeaderParameter(
        name="Booking-Session",
        max_length=LONGEST_SESSION,
        description="An opaque name that only this browser knows; its own holds never hide a slot from it.",
    ),
]
HoldSession = Annotated[
    str,
    HeaderParameter(
        name="Booking-Session",
        min_length=1,
        max_length=LONGEST_SESSION,
        description="An opaque name that only this browser knows: the hold is for it alone.",
    ),
]
IdempotencyKey = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        max_length=LONGEST_IDEMPOTENCY_KEY,
        description="The same key with the same body gives the same answer, however often it is sent.",
    ),
]


@attrs.frozen
class _Expected:
    """A parameter as the wire names it."""

    name: str
    is_query: bool
    is_required: bool
    may_repeat: bool


def only_known_parameters(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Guard: refuse query parameters that the operation does not have or has once, and name what is missing."""
    expected = _expected(handler).values()
    query = connection.query_params
    wrong = []
    for each in expected:
        given = query.getall(each.name, []) if each.is_query else connection.headers.getall(each.name, [])
        if each.is_required and not given:
            wrong.append(FieldError(each.name, "is required"))
        if len(given) > 1 and not each.may_repeat:
            wrong.append(FieldError(each.name, "is given twice"))
    known = {each.name for each in expected if each.is_query}
    wrong += [
        FieldError(printable(name)[:100] or ascii(name), "is not a parameter of this operation")
        for name in sorted(query.keys() - known)
    ]
    if wrong:
        raise InvalidFields(wrong)


def wire_names(handler: BaseRouteHandler) -> Mapping[str, str]:
    """What the query and header parameters of a handler are called on the wire."""
    return {name: each.name for name, each in _expected(handler).items()}


@lru_cache(maxsize=256)
def _expected(handler: BaseRouteHandler) -> Mapping[str, _Expected]:
    found = {}
    for field in _asked_for(handler):
        kwarg = field.kwarg_definition
        if isinstance(kwarg, QueryParameter | HeaderParameter):
            found[field.name] = _Expected(
                name=kwarg.name or field.name,
                is_query=isinstance(kwarg, QueryParameter),
                is_required=not field.has_default,
                may_repeat=any(each.is_non_string_sequence for each in (field, *field.inner_types)),
            )
    return found


def _asked_for(handler: BaseRouteHandler) -> Iterator[FieldDefinition]:
    """The parameters of a handler, and of what is provided to it (its `spoken` language)."""
    provided = handler.resolve_dependencies()
    for field in handler.parsed_fn_signature.parameters.values():
        if field.name in provided:
            yield from provided[field.name].parsed_fn_signature.parameters.values()
        else:
            yield field


def tenant_of(tenants: Tenants, key: str) -> TenantId:
    """The id of a business by its key; raises NotFound, also for what could be no key."""
    return tenants.by_key(known_key(key, "tenant"))


def known_key(key: str, kind: str) -> str:
    """A key that may exist; raises NotFound for what could be none, so that no storage is asked for it."""
    try:
        return checked_key(key)
    except InvalidInput:
        raise NotFound(kind, printable(key)) from None


def reference_of(text: str) -> str:
    """A reference that may exist; raises NotFound for what could be none."""
    if not (text.isascii() and text.isprintable() and len(text) <= LONGEST_REFERENCE):
        raise NotFound("reservation", printable(text))
    return text


def claim_of(text: str, field: str) -> ClaimId:
    """The id of a hold or reservation; raises InvalidInput naming the field."""
    return ClaimId(parse_uuid(text, field))


def spoken(language: Language = None, accept_language: AcceptLanguage = "") -> str:
    """The language asked for, else the best liked one; raises InvalidInput for one that is not spoken."""
    return preferred_language(accept_language) if language is None else language_of(language)


def window_of(start: str, end: str) -> Period:
    """A period of two date-times; raises InvalidDates naming the field."""
    return Period.between(instant_of(start, "start"), instant_of(end, "end"))


def stay_of(check_in: str, check_out: str) -> Stay:
    """A stay of two dates; raises InvalidDates naming the field."""
    return Stay.between(date_of(check_in, "check_in"), date_of(check_out, "check_out"))


def optional_instant(text: str | None, field: str) -> datetime | None:
    """An instant where one is given."""
    return None if text is None else instant_of(text, field)


def party_of(adults: int, child_ages: Collection[int] | None) -> Party:
    """The party; raises InvalidInput naming the parameter."""
    try:
        return Party(adults, tuple(child_ages or ()))
    except InvalidInput as refused:
        field = {"party.child_ages": "child_age"}.get(refused.field, "adults")
        raise InvalidInput(field, refused.reason, refused.details["value"]) from None
