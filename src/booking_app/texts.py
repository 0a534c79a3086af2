"""Answers as text for people: local times of the venue, one thing a line."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from booking_adapters._wording.languages import ENGLISH
from booking_adapters.http.payment_views import MoneyView
from booking_adapters.http.price_views import (
    AgreedView,
    CancellationCost,
    CancellationView,
    FreePeriodsView,
    QuoteView,
)
from booking_adapters.http.showing import offer_view, reservation_view
from booking_adapters.http.showing_prices import price_lines
from booking_app.plain import Data, instant_text, resource_key
from booking_core.domain.availability.request import Violation
from booking_core.domain.availability.slots import Slot
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Stay
from booking_core.domain.reservations.reservation import Reservation, Status
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


def stays_text(
    catalog: Catalog, query: StayQuery, offers: Iterable[StayOffer], language: str = ENGLISH
) -> str:
    """What is free for a stay, what it costs and until when it can be called off for nothing."""
    lines = [
        f"{offer.service.key:20} {offer.resource.name} ({offer.left} left)"
        f"{_price(catalog, offer, query.stay, language)}"
        for offer in offers
    ]
    nights = _counted(query.stay.nights, "night", "nights")
    head = f"{query.stay.check_in} to {query.stay.check_out}, {nights}:"
    return "\n".join([head, *lines]) if lines else f"{head} nothing is free."


def free_periods_text(zone: ZoneInfo, view: FreePeriodsView) -> str:
    """Free periods, one a line."""
    lines = [
        f"{_local(period.start, zone)} to {_local(period.end, zone)}  {each.resource}"
        for each in view.resources
        for period in each.periods
    ]
    if not lines:
        return "Nothing is free in this time."
    more = " … and more" if view.has_more else ""
    return "\n".join(
        [*lines, f"{len(lines)} free periods{more} (times of {zone.key}; --start and --end choose)"]
    )


def quote_text(catalog: Catalog, quote: QuoteView) -> str:
    """A quote with its id: what it costs, line by line, its terms, and how long it holds."""
    zone = catalog.venue_of(catalog.service(quote.service)).zone
    head = f"{quote.service}, {catalog.resource(quote.resource).name}"
    until = f"holds until {_local(quote.expires_at, zone)} ({zone.key})"
    return "\n".join([head, *agreed_lines(quote.price), f"  {until}; --quote {quote.id}"])


def agreed_lines(price: AgreedView) -> Iterator[str]:
    """What a price is made of, its total, and the terms of calling off."""
    currency = price.totals.currency
    for name, minor in price_lines(price):
        yield f"  {Money(minor, currency).to_decimal():>12}  {name}"
    yield f"  {Money(price.totals.total_minor, currency).to_decimal():>12}  {currency} in all"
    if price.cancellation is not None:
        yield f"  {price.cancellation.name}: {price.cancellation.text}"


def cost_text(cost: CancellationCost | None) -> str:
    """What calling off came to; empty where no price or no terms were agreed."""
    if cost is None:
        return ""
    owed, waived, back = (
        Money(each.amount_minor, each.currency) for each in (cost.penalty, cost.waived, cost.refund)
    )
    return f"{owed} kept, {waived} waived, {back} goes back"


def cancellation_text(code: str, told: CancellationView) -> str:
    """What calling off would cost."""
    lines = [f"{code}  called off at {instant_text(told.at)}:"]
    if told.cost is None:
        lines.append(
            "  costs nothing that is known: no price or no terms were agreed, or it is not confirmed yet"
        )
    else:
        owed, back = (
            Money(each.amount_minor, each.currency) for each in (told.cost.penalty, told.cost.refund)
        )
        lines.append(f"  {owed} owed; {back} of what is paid goes back")
    if not told.may_cancel:
        lines.append("  too late for the guest to do it online; staff can")
    return "\n".join(lines)


def money_lines(money: MoneyView) -> Iterator[str]:
    """How the money of a reservation stands, and each payment with what its payer must do."""
    yield f"{money.code}  {money.status}"
    sums = {
        "charged": money.charges,
        "received": money.received,
        "refunded": money.refunded,
        "still owed": money.balance,
    }
    for name, amount in sums.items():
        if amount is not None:
            yield f"  {Money(amount.amount_minor, amount.currency).to_decimal():>12}  {amount.currency} {name}"
    for payment in money.payments:
        asked = Money(payment.asked.amount_minor, payment.asked.currency)
        yield f"  {payment.purpose}: {asked} {payment.state}"
        if payment.action is not None:
            yield f"    the payer must confirm first: {payment.action.url or payment.action.client_secret}"


def violations_text(violations: Iterable[Violation]) -> str:
    """Every reason, one a line."""
    lines = [f"{each.code}: {each.message}" for each in violations]
    return (
        "\n".join(["It cannot be booked:", *(f"  {line}" for line in lines)])
        if lines
        else "It can be booked."
    )


def reservation_text(catalog: Catalog, reservation: Reservation, language: str = ENGLISH) -> str:
    """A reservation in a few lines."""
    try:
        service = catalog.service(reservation.service)
        name, zone = service.name, catalog.venue_of(service).zone
    except NotFound:
        name, zone = str(reservation.service), ZoneInfo("UTC")
    when = f"{_local(reservation.period.start, zone)} to {_local(reservation.period.end, zone)} ({zone.key})"
    if reservation.stay:
        nights = _counted(reservation.stay.nights, "night", "nights")
        when = f"{reservation.stay.check_in} to {reservation.stay.check_out}, {nights}"
    who = ", ".join(f"{role} {resource_key(catalog, resource)}" for role, resource in reservation.assigned)
    lines = [
        f"{reservation.code}  {reservation.status}",
        f"  {name}, {when}",
        f"  {reservation.quantity} x {who}; {_counted(reservation.party.people, 'person', 'people')}",
        f"  {reservation.customer.name}",
    ]
    if reservation.status is Status.PENDING and reservation.expires_at is not None:
        lines.append(f"  waits until {_local(reservation.expires_at, zone)}, then it expires")
    price = reservation_view(catalog, reservation, language).price
    lines += [] if price is None else agreed_lines(price)
    lines += [
        f"  {_local(step.at, zone)}  {step.status} {step.note}".rstrip() for step in reservation.history
    ]
    return "\n".join(lines)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


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


def _price(catalog: Catalog, offer: StayOffer, stay: Stay, language: str) -> str:
    if offer.quote is None:
        return ""
    terms = offer_view(catalog, offer, stay, language).cancellation
    return f", {offer.price}. {terms.text}" if terms else f", {offer.price}"
