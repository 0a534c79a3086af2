"""The one evaluator: may this request be booked, and on which lanes?

Search, hold, book, modify and staff edits all ask `evaluate`. Every refusal carries all its violations.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from booking_core.domain.availability.matching import matched
from booking_core.domain.availability.places import largest_party
from booking_core.domain.availability.request import Diary, Offer, Refusal, Request, Snapshot, Violation
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.policy import Opening
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.errors import InvalidDates, InvalidInput
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, Stay, epoch
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.reservation import Claim


def evaluate(
    request: Request, snapshot: Snapshot, at: datetime, rules: RuleBook, *, turn: int = 0
) -> Offer | Refusal:
    """An offer with lanes for every need, or a refusal with every violation, as of `at`.

    `turn` spreads simultaneous buyers over the lanes of a pool. Providers are tried by load, then in the order of the
    service; a chosen one alone. Raises InvalidInput where the request does not fit the service at all.
    """
    _check_shape(request, snapshot.service)
    active = rules.rules_of(snapshot.service.policy).without(request.waived)
    violations = [found for rule in active.every if (found := rule.check(request, snapshot, at)) is not None]
    free, reasons = _free_providers(request, snapshot)
    filled = matched(free)
    if filled is None:
        violations += reasons
    if violations or filled is None:
        return Refusal(_without_repeats(violations))
    return _offer(request, snapshot, filled, turn)


def occupied(service: Service, period: Period) -> Period:
    """The customer's period with the service's buffers."""
    return period.widened(service.buffer_before, service.buffer_after)


def period_of_stay(stay: Stay, venue: Venue) -> Period:
    """From check-in to check-out time on the wall of the venue; raises InvalidDates for a night it never saw."""
    start = wall_epoch(stay.check_in, venue.check_in, venue.zone)
    end = wall_epoch(stay.check_out, venue.check_out, venue.zone)
    if end <= start:
        raise InvalidDates("check_in", "was skipped by the clocks of the venue", stay.check_in)
    return Period.of_epoch(start, end)


def quantity_of(need: Need, request: Request) -> int:
    """How many places of a need the request takes."""
    return request.quantity if need.per_quantity else 1


def providers_of(need: Need, request: Request) -> tuple[ResourceId, ...]:
    """The chosen resource of a role alone, or all that can fill it; raises InvalidInput for a stranger."""
    chosen = request.chosen.get(need.role)
    if chosen is None:
        return need.any_of
    if chosen not in need.providers:
        raise InvalidInput(f"chosen.{need.role}", "does not perform this service", str(chosen))
    return (chosen,)


def _check_shape(request: Request, service: Service) -> None:
    unknown = set(request.chosen) - {need.role for need in service.needs}
    if unknown:
        raise InvalidInput(
            "chosen", "names a role that the service does not have", ", ".join(sorted(unknown))
        )
    by_nights = service.policy.hours is Opening.NIGHTS
    if by_nights != (request.stay is not None):
        raise InvalidInput("stay", "is required for stays and for nothing else", request.stay)
    if service.duration is not None and request.period.duration != service.duration:
        raise InvalidInput("end", "does not lie the service's duration after the start", request.period.end)


def _free_providers(request: Request, snapshot: Snapshot) -> tuple[list[list[ResourceId]], list[Violation]]:
    """Per need the providers that are open and free, and why the others are not."""
    free: list[list[ResourceId]] = []
    reasons: list[Violation] = []
    for position, need in enumerate(snapshot.service.needs):
        able = []
        refusals: list[Violation] = []
        for provider in sorted(providers_of(need, request), key=lambda each: snapshot.loads.get(each, 0)):
            found = list(_unable(request, snapshot, snapshot.diaries[provider], need, leads=position == 0))
            refusals += found
            if not found:
                able.append(provider)
        free.append(able)
        if not able:
            reasons += refusals
    if not reasons:
        reasons.append(
            Violation("not_together", "the resources that are free cannot fill every role at once")
        )
    return free, reasons


def _unable(
    request: Request, snapshot: Snapshot, diary: Diary, need: Need, *, leads: bool
) -> Iterator[Violation]:
    """Why one resource cannot serve: too large a party, off the grid, not open, closed, or taken."""
    largest = largest_party(snapshot.service, need, diary.resource)
    quantity = quantity_of(need, request)
    who = {"resource": diary.resource.key}
    if largest is not None and request.party.people > largest * quantity:
        message = f"the party is too large for {diary.resource.name}"
        yield Violation("party_too_large", message, {**who, "largest_party": largest * quantity})
    if "opening_hours" not in request.waived:
        yield from _not_open(request, snapshot, diary, who, leads=leads)
    times = occupied(snapshot.service, request.period)
    start, end = epoch(times.start), epoch(times.end)
    if diary.calendar.is_closed(start, end):
        yield Violation("closed", f"{diary.resource.name} is closed at this time", who)
    elif diary.calendar.peak(start, end) + quantity > diary.calendar.lanes:
        yield _taken(request, snapshot, diary, quantity)


def _not_open(
    request: Request, snapshot: Snapshot, diary: Diary, who: Mapping[str, str], *, leads: bool
) -> Iterator[Violation]:
    opening = diary.openings
    start, end = epoch(request.period.start), epoch(request.period.end)
    shut = Violation("closed", f"{diary.resource.name} is not open at this time", who)
    if request.stay is not None:
        dates = {
            day
            for day in request.stay.dates()
            if not diary.resource.schedule.windows_on(day, snapshot.holidays)
        }
        if dates:
            yield Violation(
                "closed", f"{diary.resource.name} is closed on {min(dates)}", {**who, "dates": sorted(dates)}
            )
        return
    if snapshot.service.policy.hours is Opening.ENDS:
        open_enough = opening.window_at(start) is not None and opening.ends_well(end)
    else:
        open_enough = opening.covers(start, end)
    if not open_enough:
        yield shut
    elif leads and not _on_grid(snapshot.service, diary, start):
        yield Violation("off_grid", "bookings do not start at this time", who)


def _on_grid(service: Service, diary: Diary, start: int) -> bool:
    window = diary.openings.window_at(start)
    if window is None or (service.step is None and service.duration is None):
        return window is not None
    if service.step is None:
        return start == window[0]
    return (start - window[0]) % int(service.step.total_seconds()) == 0


def _taken(request: Request, snapshot: Snapshot, diary: Diary, quantity: int) -> Violation:
    """`lane_taken` for an exclusive resource, `sold_out` with what is left for a pool, by night for a stay."""
    calendar, who = diary.calendar, {"resource": diary.resource.key}
    if calendar.lanes == 1:
        return Violation("lane_taken", f"{diary.resource.name} is taken at this time", who)
    if request.stay is None:
        times = occupied(snapshot.service, request.period)
        left = calendar.lanes - calendar.peak(epoch(times.start), epoch(times.end))
        return Violation(
            "sold_out", f"only {left} places available", {**who, "left": left, "wanted": quantity}
        )
    short = []
    for night in request.stay.dates():
        times = occupied(
            snapshot.service, period_of_stay(Stay(night, night + timedelta(days=1)), snapshot.venue)
        )
        left = calendar.lanes - calendar.peak(epoch(times.start), epoch(times.end))
        if left < quantity:
            short.append((night, left))
    night, left = short[0] if short else (request.stay.check_in, 0)
    facts = {**who, "wanted": quantity, "nights": [{"date": day, "left": free} for day, free in short]}
    return Violation("sold_out", f"only {left} rooms available on {night}", facts)


def _offer(request: Request, snapshot: Snapshot, filled: Sequence[ResourceId], turn: int) -> Offer:
    times = occupied(snapshot.service, request.period)
    start, end = epoch(times.start), epoch(times.end)
    claims: list[Claim] = []
    allocations: list[Allocation] = []
    for need, provider in zip(snapshot.service.needs, filled, strict=True):
        quantity = quantity_of(need, request)
        lanes = snapshot.diaries[provider].calendar.place(start, end, quantity, turn)
        assert lanes is not None, "a provider that was free has lanes"
        claims.append(Claim(provider, times, quantity))
        allocations += lanes
    return Offer(
        request=request,
        assigned=tuple((need.role, who) for need, who in zip(snapshot.service.needs, filled, strict=True)),
        claims=tuple(sorted(claims)),
        allocations=tuple(sorted(allocations)),
    )


def _without_repeats(violations: Sequence[Violation]) -> tuple[Violation, ...]:
    seen: list[Violation] = []
    for violation in violations:
        if violation not in seen:
            seen.append(violation)
    return tuple(seen)
