"""Refusals as RFC 9457 problems: one shape for everything that is not a success."""

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from http import HTTPStatus
from typing import Any

import attrs
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from booking_adapters.http.guest_limits import RateLimited
from booking_adapters.http.parameters import wire_names
from booking_adapters.http.refusals import (
    ClientGone,
    FieldError,
    InvalidFields,
    InvalidJson,
    NotOfTheProvider,
    NotReady,
    SignInNeeded,
    StaffOnly,
    WrongMediaType,
)
from booking_adapters.http.texts import instant_text, printable
from booking_core.domain.availability.request import NotBookable, Violation
from booking_core.domain.channels.booking import SignatureRefused
from booking_core.domain.kernel.errors import (
    BookingError,
    Busy,
    Conflict,
    InvalidInput,
    InvalidTransition,
    KeyReused,
    NotFound,
    SystemFailure,
)
from booking_core.domain.payments.answers import PaymentFailed
from booking_core.domain.reservations.hold import HoldExpired, HoldOfAnotherSession
from booking_core.ports.live import TooManyLocks, Unreachable
from booking_core.ports.payments import GatewayUnavailable
from booking_core.usecases.check_out import BalanceDue
from booking_core.usecases.confirm import PaymentRequired
from booking_core.usecases.place_hold import TooManyHolds

PROBLEM_JSON = "application/problem+json"
LARGEST_WHOLE = 2**63 - 1
RETRY_AFTER_SECONDS = 1

STATUSES: Mapping[type[BookingError], HTTPStatus] = {
    InvalidJson: HTTPStatus.BAD_REQUEST,
    ClientGone: HTTPStatus.BAD_REQUEST,
    NotOfTheProvider: HTTPStatus.BAD_REQUEST,
    SignInNeeded: HTTPStatus.UNAUTHORIZED,
    SignatureRefused: HTTPStatus.UNAUTHORIZED,
    BalanceDue: HTTPStatus.PAYMENT_REQUIRED,
    PaymentFailed: HTTPStatus.PAYMENT_REQUIRED,
    PaymentRequired: HTTPStatus.PAYMENT_REQUIRED,
    StaffOnly: HTTPStatus.FORBIDDEN,
    HoldOfAnotherSession: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    NotBookable: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    InvalidTransition: HTTPStatus.CONFLICT,
    TooManyHolds: HTTPStatus.CONFLICT,
    HoldExpired: HTTPStatus.GONE,
    WrongMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    InvalidFields: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    GatewayUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    Unreachable: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyLocks: HTTPStatus.SERVICE_UNAVAILABLE,
    NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    SystemFailure: HTTPStatus.INTERNAL_SERVER_ERROR,
    BookingError: HTTPStatus.CONFLICT,
}
"""The status of each refusal; a subclass has that of its nearest ancestor."""

_HEADERS: Mapping[type[BookingError], Mapping[str, str]] = {
    Busy: {"Retry-After": str(RETRY_AFTER_SECONDS)},
    NotReady: {"Retry-After": str(RETRY_AFTER_SECONDS)},
    SignInNeeded: {"WWW-Authenticate": "Bearer"},
}

log = logging.getLogger("booking.http")


@attrs.frozen(kw_only=True)
class BrokenRule:
    """One reason why something cannot be booked: the rule's name, a sentence, and the facts."""

    code: str
    message: str
    details: dict[str, Any]


@attrs.frozen(kw_only=True)
class Problem:
    """What went wrong. `code` is stable; `retryable` says whether the same request may succeed later.

    `violations` lists the broken rules of a refused booking, `errors` the fields that cannot be read, `details`
    further facts; `error_id` names an unforeseen failure in the log.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    retryable: bool = False
    retry_action: str | None = None
    violations: tuple[BrokenRule, ...] = ()
    errors: tuple[FieldError, ...] = ()
    details: dict[str, Any] = attrs.field(factory=dict)
    error_id: str | None = None


def problem_of(error: BookingError) -> Problem:
    """The problem that tells of a refusal, with nothing in it but what the refusal carries for the client."""
    violations: Iterable[Violation] = error.details.get("violations", ())
    errors: tuple[FieldError, ...] = ()
    if isinstance(error, InvalidFields):
        errors = error.errors
    elif isinstance(error, InvalidInput):
        errors = (FieldError(error.field, error.reason, _plain(error.details["value"])),)
    facts = (
        {} if errors else {name: _plain(each) for name, each in error.details.items() if name != "violations"}
    )
    return _problem(
        error.code,
        status_of(error),
        error.message,
        retryable=error.retryable,
        retry_action=error.retry_action,
        violations=broken_rules(violations),
        errors=errors,
        details=facts,
    )


def broken_rules(violations: Iterable[Violation]) -> tuple[BrokenRule, ...]:
    """Violations as clients see them."""
    return tuple(
        BrokenRule(code=each.code, message=each.message, details=_plain(each.details)) for each in violations
    )


def status_of(error: BookingError) -> HTTPStatus:
    """The HTTP status of a refusal."""
    return _nearest(STATUSES, error)


def refused(_: Request[Any, Any, Any], error: BookingError) -> Response[Problem]:
    """Answer a refusal."""
    problem = problem_of(error)
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        problem = attrs.evolve(problem, error_id=_logged(error))
    headers = next((_HEADERS[kind] for kind in type(error).__mro__ if kind in _HEADERS), {})
    if isinstance(error, RateLimited):
        headers = {"Retry-After": str(error.details["retry_after_seconds"])}
    return _answer(problem, headers)


def refused_by_framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """Answer what the framework refused: unknown paths, wrong methods, large bodies, parameters of a wrong kind."""
    if isinstance(error, ValidationException):
        return _answer(problem_of(InvalidFields(_parameter_errors(request, error))))
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return failed(request, error)
    status = HTTPStatus(error.status_code)
    return _answer(_problem(status.name, status, status.description or status.phrase), error.headers or {})


def failed(_: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer what nobody foresaw: an id to look up in the log, and no internals."""
    failure = SystemFailure("Something went wrong on our side. Please try again.")
    return _answer(attrs.evolve(problem_of(failure), error_id=_logged(error)))


def _logged(error: Exception) -> str:
    error_id = secrets.token_hex(8)
    log.error("request failed, error_id=%s", error_id, exc_info=error)
    return error_id


def _problem(code: str, status: HTTPStatus, detail: str, **more: Any) -> Problem:
    slug = code.lower().replace("_", "-")
    title = code.replace("_", " ").capitalize()
    return Problem(
        type=f"urn:booking-core:problem:{slug}",
        title=title,
        status=status.value,
        detail=printable(detail),
        code=code,
        **more,
    )


def _answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response[Problem]:
    return Response(
        problem,
        status_code=problem.status,
        media_type=PROBLEM_JSON,
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})},
    )


def _parameter_errors(request: Request[Any, Any, Any], error: ValidationException) -> list[FieldError]:
    names = wire_names(request.route_handler)
    found = []
    for each in error.extra if isinstance(error.extra, list) else []:
        name, *inside = str(each.get("key", "request")).split(".")
        reason = str(each.get("message", "cannot be read")).replace("Expected", "must be").replace("`", "")
        found.append(FieldError(".".join([names.get(name, name), *inside]), reason))
    return found or [FieldError("request", error.detail)]


def _nearest(statuses: Mapping[type[BookingError], HTTPStatus], error: BookingError) -> HTTPStatus:
    return next(statuses[kind] for kind in type(error).__mro__ if kind in statuses)


def _plain(value: Any) -> Any:
    """Details as JSON can carry them."""
    if value is None or isinstance(value, bool):
        return value
    write = next(write for kind, write in _WRITERS if isinstance(value, kind))
    return write(value)


def _plain_number(number: int) -> int | str:
    return number if abs(number) <= LARGEST_WHOLE else f"a number of {number.bit_length()} bits"


_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (Enum, lambda member: _plain(member.value)),
    (int, _plain_number),
    (str, printable),
    (datetime, instant_text),
    (timedelta, lambda span: int(span.total_seconds())),
    (Mapping, lambda entries: {str(name): _plain(each) for name, each in entries.items()}),
    ((list, tuple, set, frozenset), lambda members: [_plain(each) for each in members]),
    (object, lambda value: printable(str(value))),
)
