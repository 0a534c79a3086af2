"""Move a series: one date, that one and those that follow, or all that keep step with it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Refusal, Request
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.errors import BookingError, InvalidTransition
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import SeriesId, TenantId
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.reservation import MOVABLE, Reservation
from booking_core.domain.reservations.series import Occurrence, Series
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.book_series import SeriesNotBookable, reservations_of
from booking_core.usecases.cancel_series import Scope, in_scope
from booking_core.usecases.plan_series import SeriesLine, moved_days, with_taken
from booking_core.usecases.reading import Reader
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.wanted import Wanted


@attrs.frozen(kw_only=True)
class MoveSeriesCommand:
    """The date with that number as it shall be; the others in the scope move by as many days to the same wall times.

    Those keep step that stand by the rule as that date does. One that was moved alone does not: it is an exception, and
    stays where it is unless it is the one that is meant.
    """

    tenant: TenantId
    series: SeriesId
    number: int
    scope: Scope
    wanted: Wanted
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class MovedDate:
    """One date that was to move: `refusal` says why it did not after all."""

    number: int
    reservation: Reservation
    refusal: str = ""


@attrs.frozen(kw_only=True)
class MoveSeries:
    """Asks about all dates first, as if they had moved together, and moves none where one cannot.

    Then each moves as a change of its own, at its own price, those first that make room for the others. What is taken
    from under it in that moment stays where it was, and its line says so.
    """

    begin: UnitOfWork
    clock: Clock
    reader: Reader
    rules: RuleBook
    move: Callable[[RescheduleCommand], Reservation]

    def __call__(self, command: MoveSeriesCommand) -> tuple[MovedDate, ...]:
        """What became of each date that keeps step.

        Raises SeriesNotBookable, InvalidTransition, InvalidInput, NotFound.
        """
        at = self.clock.now()
        with self.begin.reading(command.tenant) as tx:
            catalog = tx.catalogs.load()
            series = tx.series.get(command.series)
            wanted = attrs.evolve(command.wanted, service=str(series.service)).asked_by(command.actor)
            meant = reservations_of(tx, in_scope(series, command.number, command.scope))
            wishes = _wishes(catalog, series, meant, command.number, wanted, at)
            self._check(tx, catalog, wishes, meant, at)
        forward = wishes[command.number].period.start >= meant[command.number].period.start
        numbers = sorted(wishes, reverse=forward)
        moved = [self._moved(command, each, meant[each], wishes[each]) for each in numbers]
        return tuple(sorted(moved, key=lambda each: each.number))

    def _check(
        self,
        tx: Transaction,
        catalog: Catalog,
        wishes: Mapping[int, Request],
        meant: Mapping[int, Reservation],
        at: datetime,
    ) -> None:
        """Raise SeriesNotBookable where not all of them can be had together."""
        lines: list[SeriesLine] = []
        taken: list[Allocation] = []
        own = [meant[each].id for each in wishes]
        for number, request in sorted(wishes.items()):
            service = attrs.evolve(catalog.services[meant[number].service], policy=meant[number].policy)
            view = self.reader.for_request(tx, catalog, service, request, at, without=own)
            answer = evaluate(request, with_taken(view.snapshot, taken, 0), at, self.rules)
            day = request.period.start.astimezone(catalog.venue_of(service).zone).date()
            line = SeriesLine(number=number, date=day, period=request.period)
            if isinstance(answer, Refusal):
                line = attrs.evolve(line, violations=answer.violations)
            else:
                taken += answer.allocations
            lines.append(line)
        if any(line.violations for line in lines):
            raise SeriesNotBookable(tuple(lines))

    def _moved(
        self, command: MoveSeriesCommand, number: int, reservation: Reservation, request: Request
    ) -> MovedDate:
        has_end = request.stay is None
        wanted = attrs.evolve(
            command.wanted,
            service=str(reservation.service),
            start=request.period.start if has_end else None,
            end=request.period.end if has_end and command.wanted.end is not None else None,
            stay=request.stay,
            quantity=reservation.quantity,
            party=reservation.party,
        )
        change = RescheduleCommand(
            tenant=command.tenant,
            reservation=reservation.id,
            wanted=wanted,
            version=reservation.version,
            actor=command.actor,
        )
        try:
            return MovedDate(number=number, reservation=self.move(change))
        except BookingError as refused:
            return MovedDate(number=number, reservation=reservation, refusal=refused.message)


def _wishes(  # noqa: PLR0917 - what is moved, and how
    catalog: Catalog,
    series: Series,
    meant: Mapping[int, Reservation],
    number: int,
    wanted: Wanted,
    at: datetime,
) -> dict[int, Request]:
    """By number what each date that keeps step asks for; raises InvalidTransition where the meant one cannot move."""
    anchor = meant.get(number)
    if anchor is None or not _can_move(anchor, at):
        raise InvalidTransition("this date of the series cannot be moved", number=number)
    service = catalog.services[series.service]
    venue = catalog.venue_of(service)
    request = attrs.evolve(wanted.request(catalog, service), quantity=anchor.quantity, party=anchor.party)
    if not request.chosen:
        request = attrs.evolve(request, chosen=dict(anchor.assigned))
    by_number = {each.number: each for each in series.occurrences}
    step = _step(by_number[number], anchor, venue)
    start = anchor.period.start.astimezone(venue.zone).date()
    wishes = {}
    for other, reservation in meant.items():
        if other != number and not (
            _can_move(reservation, at) and _step(by_number[other], reservation, venue) == step
        ):
            continue
        days = (reservation.period.start.astimezone(venue.zone).date() - start).days
        wish = moved_days(request, days, venue)
        wishes[other] = attrs.evolve(wish, quantity=reservation.quantity, party=reservation.party)
    return wishes


def _can_move(reservation: Reservation, at: datetime) -> bool:
    return reservation.status in MOVABLE and at < reservation.period.start


def _step(occurrence: Occurrence, reservation: Reservation, venue: Venue) -> tuple[timedelta, int]:
    """How a reservation stands by the rule: days from its date, and the minute of the day."""
    wall = reservation.period.start.astimezone(venue.zone)
    return wall.date() - occurrence.date, wall.hour * 60 + wall.minute
