"""Answers as plain data: what `--json` prints, and what the texts are made of."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import UnionType
from typing import Any

import attrs

from booking_adapters._wording.languages import ENGLISH
from booking_adapters.http.showing import offer_view, reservation_view
from booking_core.domain.availability.request import Violation
from booking_core.domain.availability.slots import Slot
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.errors import BookingError, NotFound
from booking_core.domain.kernel.ids import ResourceId, ServiceId
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.inspection import Finding
from booking_core.usecases.import_busy_times import ImportedBusyTimes
from booking_core.usecases.save_business import SavedBusiness
from booking_core.usecases.search_stays import StayOffer, StayQuery

Data = dict[str, Any]


def plain(value: object) -> Any:
    """Any detail of an answer in JSON's own types; instants in UTC as `2026-03-02T08:00:00Z`."""
    for kind, form in _FORMS:
        if isinstance(value, kind):
            return form(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def instant_text(moment: datetime) -> str:
    """An instant in UTC, in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_FORMS: tuple[tuple[type | UnionType, Callable[[Any], object]], ...] = (
    (Enum, lambda value: value.value),
    (datetime, instant_text),
    (date, date.isoformat),
    (timedelta, lambda value: int(value.total_seconds())),
    (Money, lambda value: {"amount_minor": value.amount_minor, "currency": value.currency}),
    (Violation, lambda value: {each: plain(getattr(value, each)) for each in ("code", "message", "details")}),
    (Mapping, lambda value: {str(key): plain(each) for key, each in value.items()}),
    (list | tuple | AbstractSet, lambda value: [plain(each) for each in value]),
)
"""How values that JSON does not have are written; the first that fits (a datetime is a date, too)."""


def error_data(error: BookingError) -> Data:
    """A refusal: its code, whether trying again can help, and every detail."""
    return {
        "code": error.code,
        "message": error.message,
        "retryable": error.retryable,
        "retry_action": error.retry_action,
        **plain(error.details),
    }


def slots_data(tenant: str, service: str, catalog: Catalog, slots: Iterable[Slot], total: int) -> Data:
    """The first slots of a search, and how many there are."""
    shown = [
        {
            "start": instant_text(slot.start),
            "end": instant_text(slot.end),
            "resource": catalog.resources[slot.resource].key,
        }
        for slot in slots
    ]
    return {"tenant": tenant, "service": service, "total": total, "slots": shown}


def stays_data(
    tenant: str, catalog: Catalog, query: StayQuery, offers: Iterable[StayOffer], language: str = ENGLISH
) -> Data:
    """What is free for a stay, cheapest first."""
    return {
        "tenant": tenant,
        "check_in": query.stay.check_in.isoformat(),
        "check_out": query.stay.check_out.isoformat(),
        "offers": [view_data(offer_view(catalog, offer, query.stay, language)) for offer in offers],
    }


def view_data(view: attrs.AttrsInstance) -> Data:
    """What the API shows, in the same words."""
    data: Data = plain(attrs.asdict(view))
    return data


def violations_data(violations: Iterable[Violation]) -> Data:
    """Whether something can be booked, and every reason why not."""
    reasons = plain(tuple(violations))
    return {"bookable": not reasons, "violations": reasons}


def reservation_data(reservation: Reservation, catalog: Catalog, language: str = ENGLISH) -> Data:
    """A reservation as its guest may see it."""
    stay, view = reservation.stay, reservation_view(catalog, reservation, language)
    return {
        "id": str(reservation.id),
        "code": reservation.code,
        "status": reservation.status.value,
        "version": reservation.version,
        "service": _service_key(catalog, reservation.service),
        "start": instant_text(reservation.period.start),
        "end": instant_text(reservation.period.end),
        "check_in": stay.check_in.isoformat() if stay else None,
        "check_out": stay.check_out.isoformat() if stay else None,
        "quantity": reservation.quantity,
        "adults": reservation.party.adults,
        "child_ages": list(reservation.party.child_ages),
        "resources": {role: resource_key(catalog, resource) for role, resource in reservation.assigned},
        "customer": {
            "name": reservation.customer.name,
            "email": reservation.customer.email,
            "phone": reservation.customer.phone,
        },
        "expires_at": plain(reservation.expires_at),
        "price": plain(view.price and attrs.asdict(view.price)),
        "history": [
            {"status": step.status.value, "at": instant_text(step.at), "note": step.note}
            for step in reservation.history
        ],
    }


def business_data(file: str, saved: SavedBusiness) -> Data:
    """What importing a business changed."""
    return {
        "file": file,
        "tenant": saved.catalog.tenant.key,
        "version": saved.catalog.version,
        "added": list(saved.added),
        "changed": list(saved.changed),
        "removed": list(saved.removed),
    }


def busy_times_data(file: str, resource: str, imported: ImportedBusyTimes, ignored: int) -> Data:
    """What importing a calendar changed."""
    return {
        "file": file,
        "resource": resource,
        "closed": imported.closed,
        "reopened": imported.reopened,
        "kept": imported.kept,
        "ignored": ignored,
        "affected": [reservation.code for reservation in imported.affected],
    }


def findings_data(checks: Iterable[tuple[str, Iterable[Finding]]]) -> Data:
    """What a look over the storage found, by tenant (the empty one: the storage itself)."""
    findings = [
        {
            "tenant": tenant or None,
            "invariant": finding.number,
            "title": finding.title,
            "checked": finding.checked,
            "holds": finding.holds,
            "violations": list(finding.violations),
        }
        for tenant, found in checks
        for finding in found
    ]
    return {"sound": all(each["holds"] for each in findings), "findings": findings}


def resource_key(catalog: Catalog, resource: ResourceId) -> str:
    """The key of a resource, or its id where it is no longer in the catalog."""
    try:
        return catalog.resource(resource).key
    except NotFound:
        return str(resource)


def _service_key(catalog: Catalog, service: ServiceId) -> str:
    try:
        return catalog.service(service).key
    except NotFound:
        return str(service)
