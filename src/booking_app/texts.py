"""Answers as text for people: local times of the venue, one thing a line."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from booking_app.plain import Data, resource_key
from booking_core.domain.availability.request import Violation
from booking_core.domain.availability.slots import Slot
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.search_stays import StayOffer, StayQuery


def slots_text(catalog: Catalog, zone: ZoneInfo, slots: Sequence[Slot], total: int) -> str:
    """Slots, one a line, and how many there are in all."""
    if not slots:
        return "Nothing is free in this time."
    lines = [
        f"{_local(slot.start, zone)} to {slot.end.astimezone(zone):%H:%M}  {catalog.resources[slot.resource].key}"
        for slot in slots
    ]
    left = f"… and {total - len(slots)} more" if total > len(slots) else f"{total} in all"
    return "\n".join([*lines, f"{left} (times of {zone.key}; --start takes {slots[0].start.isoformat()})"])


def stays_text(query: StayQuery, offers: Iterable[StayOffer]) -> str:
    """What is free for a stay."""
    lines = [
        f"{offer.service.key:20} {offer.resource.name} ({offer.left} left){_price(offer)}" for offer in offers
    ]
    nights = f"{query.stay.nights} night{'s' if query.stay.nights > 1 else ''}"
    head = f"{query.stay.check_in} to {query.stay.check_out}, {nights}:"
    return "\n".join([head, *lines]) if lines else f"{head} nothing is free."


def violations_text(violations: Iterable[Violation]) -> str:
    """Every reason, one a line."""
    lines = [f"{each.code}: {each.message}" for each in violations]
    return (
        "\n".join(["It cannot be booked:", *(f"  {line}" for line in lines)])
        if lines
        else "It can be booked."
    )


def reservation_text(catalog: Catalog, reservation: Reservation) -> str:
    """A reservation in a few lines."""
    try:
        service = catalog.service(reservation.service)
        name, zone = service.name, catalog.venue_of(service).zone
    except NotFound:
        name, zone = str(reservation.service), ZoneInfo("UTC")
    when = f"{_local(reservation.period.start, zone)} to {_local(reservation.period.end, zone)} ({zone.key})"
    if reservation.stay:
        when = (
            f"{reservation.stay.check_in} to {reservation.stay.check_out}, {reservation.stay.nights} nights"
        )
    who = ", ".join(f"{role} {resource_key(catalog, resource)}" for role, resource in reservation.assigned)
    lines = [
        f"{reservation.code}  {reservation.status}",
        f"  {name}, {when}",
        f"  {reservation.quantity} x {who}; {reservation.party.people} people",
        f"  {reservation.customer.name}",
    ]
    lines += [
        f"  {_local(step.at, zone)}  {step.status} {step.note}".rstrip() for step in reservation.history
    ]
    return "\n".join(lines)


def imported_text(done: Data) -> str:
    """What importing a file changed."""
    if "tenant" in done:
        if not (done["added"] or done["changed"] or done["removed"]):
            return f"{done['file']}: {done['tenant']} is up to date (version {done['version']})"
        counts = ", ".join(
            f"{len(done[what])} {what}" for what in ("added", "changed", "removed") if done[what]
        )
        return f"{done['file']}: {done['tenant']} is now version {done['version']}: {counts}"
    counts = ", ".join(f"{done[what]} {what}" for what in ("closed", "reopened", "kept", "ignored"))
    affected = f"; bookings inside: {', '.join(done['affected'])}" if done["affected"] else ""
    return f"{done['file']}: {done['resource']}: {counts}{affected}"


def findings_text(data: Data) -> str:
    """Each invariant on a line, what breaks it below, and the sum."""
    lines = []
    for each in data["findings"]:
        mark = "ok    " if each["holds"] else "BROKEN"
        where = each["tenant"] or "storage"
        lines.append(f"{mark} {where:16} {each['invariant']:2} {each['title']} ({each['checked']} checked)")
        lines += [f"         {violation}" for violation in each["violations"]]
    broken = sum(not each["holds"] for each in data["findings"])
    return "\n".join([*lines, f"{broken} broken" if broken else "Everything holds."])


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%a %Y-%m-%d %H:%M")


def _price(offer: StayOffer) -> str:
    return f", {offer.price}" if offer.price else ""
