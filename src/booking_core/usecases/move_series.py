"""Move a series: one date, that one and those that follow, or all that keep step with it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import NotBookable, Refusal, Request, Snapshot, Violation
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.errors import Conflict, InvalidTransition
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import SeriesId, TenantId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.reservation import MOVABLE, Reservation
from booking_core.domain.reservations.series import Occurrence, Series
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.book_series import SeriesNotBookable
from booking_core.usecases.cashier import PaymentUnderWay
from booking_core.usecases.changing_series import ChangedDate, Scope, in_scope, reservations_of, why_not
from booking_core.usecases.plan_series import (
    SeriesLine,
    SeriesMode,
    SeriesPlanner,
    check_shift,
    moved_days,
    with_taken,
)
from booking_core.usecases.reschedule import Reschedule, RescheduleCommand, still_assigned
from booking_core.usecases.wanted import Wanted

OUT_OF_STEP = Violation("out_of_step", "this date was changed alone, and stays where it is")
NOT_MOVABLE = Violation("not_movable", "this date has begun or has ended, and stays as it is")


@attrs.frozen(kw_only=True)
class MoveSeriesCommand:
    """The date with that number as it shall be; the others in the scope move by as many days to the same wall times.

    Those keep step that stand by the rule as that date does. One that was moved alone or became another service does
    not: it is an exception, and stays where it is unless it is the one that is meant. `mode` says what becomes of the
    rest where some dates cannot be had: nothing moves, these stay where they are, or each goes to the next time that
    can be had.
    """

    tenant: TenantId
    series: SeriesId
    number: int
    scope: Scope
    wanted: Wanted
    mode: SeriesMode = SeriesMode.ALL_OR_NOTHING
    shift_days: int = 7
    actor: Actor = SYSTEM

    def __attrs_post_init__(self) -> None:
        """Refuse to shift a date out of sight."""
        check_shift(self.shift_days)


@attrs.frozen(kw_only=True)
class MoveSeries:
    """All in one commit, each date as a change of its own, at its own price; those first that make room for the others.

    Where all or nothing is to move, all dates are asked about first, as if they had moved together.
    """

    begin: UnitOfWork
    clock: Clock
    planner: SeriesPlanner
    reschedule: Reschedule

    def __call__(self, command: MoveSeriesCommand) -> tuple[ChangedDate, ...]:
        """What became of each date in the scope that has a reservation.

        Raises SeriesNotBookable, PaymentUnderWay, CancellationClosed (a guest, too late for one of them),
        InvalidTransition, InvalidInput, NotFound.
        """
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            tx.one_at_a_time("series")
            move = _read(tx, command, at)
            if command.mode is SeriesMode.ALL_OR_NOTHING:
                self._check(tx, move)
            done = {number: self._moved(tx, move, number) for number in move.order()}
            if all(each.violations for each in done.values()):
                raise SeriesNotBookable(
                    tuple(move.line(each, done[each].violations) for each in sorted(done))
                )
            return tuple(done.get(number) or move.stays(number) for number in move.meant)

    def _check(self, tx: Transaction, move: "_Move") -> None:
        """Raise SeriesNotBookable where not all of them can be had together."""
        lines: list[SeriesLine] = []
        taken: list[Allocation] = []
        own = [move.meant[each].id for each in move.wishes]
        for number, request in sorted(move.wishes.items()):
            service = move.service_of(number)
            view = self.planner.reader.for_request(tx, move.catalog, service, request, move.at, without=own)
            snapshot = with_taken(view.snapshot, taken, 0)
            answer = evaluate(request, snapshot, move.at, self.planner.rules)
            violations = answer.violations if isinstance(answer, Refusal) else ()
            taken += () if isinstance(answer, Refusal) else answer.allocations
            lines.append(move.line(number, violations))
        if any(line.violations for line in lines):
            raise SeriesNotBookable(tuple(lines))

    def _moved(self, tx: Transaction, move: "_Move", number: int) -> ChangedDate:
        """Move one date to the first of its candidates that can be had."""
        violations: tuple[Violation, ...] = ()
        for candidate in self._candidates(tx, move, number):
            try:
                done = self.reschedule.within(tx, move.change(number, candidate), move.at)
            except (NotBookable, PaymentUnderWay) as refused:
                if move.command.mode is SeriesMode.ALL_OR_NOTHING:
                    if isinstance(refused, PaymentUnderWay):
                        raise
                    raise Conflict("a date of the series was taken in the meantime") from refused
                violations = violations or why_not(refused)
            else:
                is_shifted = candidate is not move.wishes[number]
                return ChangedDate(number=number, reservation=done.reservation, is_shifted=is_shifted)
        return ChangedDate(number=number, reservation=move.meant[number], violations=violations)

    def _candidates(self, tx: Transaction, move: "_Move", number: int) -> Iterator[Request]:
        """What is meant; then, where dates may be shifted, what comes after it and before the following date."""
        wish, service, at = move.wishes[number], move.service_of(number), move.at
        yield wish
        if move.command.mode is not SeriesMode.SHIFT:
            return

        def look(window: Period) -> Snapshot:
            reader, own = self.planner.reader, [move.meant[number].id]
            view = reader.around(tx, move.catalog, service, window, at, request=wish, without=own)
            return view.snapshot

        following = [each.period.start for later, each in move.wishes.items() if later > number]
        yield from self.planner.later(
            wish,
            service,
            move.venue,
            at,
            days=move.command.shift_days,
            before=min(following, default=None),
            look=look,
        )


@attrs.frozen(kw_only=True)
class _Move:
    """A command read against the series: the reservations in its scope, and what those that keep step ask for."""

    command: MoveSeriesCommand
    at: datetime
    catalog: Catalog
    venue: Venue
    meant: Mapping[int, Reservation]
    wishes: Mapping[int, Request]

    def service_of(self, number: int) -> Service:
        """The service under the policy that the reservation was sold under."""
        reservation = self.meant[number]
        return attrs.evolve(self.catalog.services[reservation.service], policy=reservation.policy)

    def order(self) -> list[int]:
        """Those first that make room for the others: the last ones where the series moves on, else the first."""
        number = self.command.number
        moves_on = self.wishes[number].period.start >= self.meant[number].period.start
        return sorted(self.wishes, reverse=moves_on)

    def line(self, number: int, violations: tuple[Violation, ...]) -> SeriesLine:
        """What stands in the way of one date."""
        period = self.wishes[number].period
        day = period.start.astimezone(self.venue.zone).date()
        return SeriesLine(number=number, date=day, period=period, violations=violations)

    def stays(self, number: int) -> ChangedDate:
        """A date that is in the scope and does not move."""
        reservation = self.meant[number]
        reason = OUT_OF_STEP if _can_move(reservation, self.at) else NOT_MOVABLE
        return ChangedDate(number=number, reservation=reservation, violations=(reason,))

    def change(self, number: int, request: Request) -> RescheduleCommand:
        """The change of one date."""
        reservation, wanted = self.meant[number], self.command.wanted
        has_start = request.stay is None
        return RescheduleCommand(
            tenant=self.command.tenant,
            reservation=reservation.id,
            wanted=attrs.evolve(
                wanted,
                service=str(reservation.service),
                start=request.period.start if has_start else None,
                end=request.period.end if has_start and wanted.end is not None else None,
                stay=request.stay,
                quantity=reservation.quantity,
                party=reservation.party,
            ),
            pay_later=not self.command.actor.is_guest,
            actor=self.command.actor,
        )


def _read(tx: Transaction, command: MoveSeriesCommand, at: datetime) -> _Move:
    """The command against what is stored; raises InvalidTransition where the meant date cannot move."""
    catalog, series = tx.catalogs.load(), tx.series.get(command.series)
    meant = reservations_of(tx, in_scope(series, command.number, command.scope))
    anchor = meant.get(command.number)
    if anchor is None or not _can_move(anchor, at):
        raise InvalidTransition("this date of the series cannot be moved", number=command.number)
    service = catalog.service(anchor.service)
    wanted = attrs.evolve(command.wanted, service=service.key).asked_by(command.actor)
    venue = catalog.venue_of(service)
    return _Move(
        command=attrs.evolve(command, wanted=wanted),
        at=at,
        catalog=catalog,
        venue=venue,
        meant=meant,
        wishes={
            number: _wish(wanted.request(catalog, service), anchor, meant[number], service, venue)
            for number in _in_step(series, meant, command.number, venue, at)
        },
    )


def _wish(
    request: Request, anchor: Reservation, reservation: Reservation, service: Service, venue: Venue
) -> Request:
    """What is meant for one date, as many days from it as the reservation is from that one's; its resources stay."""
    start = anchor.period.start.astimezone(venue.zone).date()
    days = (reservation.period.start.astimezone(venue.zone).date() - start).days
    return attrs.evolve(
        moved_days(request, days, venue) if days else request,
        quantity=reservation.quantity,
        party=reservation.party,
        chosen=request.chosen or still_assigned(service, reservation),
    )


def _in_step(
    series: Series, meant: Mapping[int, Reservation], number: int, venue: Venue, at: datetime
) -> list[int]:
    """The dates that stand by the rule as the meant one does, and can move."""
    by_number = {each.number: each for each in series.occurrences}
    step = _step(by_number[number], meant[number], venue)
    return [
        each
        for each, reservation in meant.items()
        if each == number
        or (
            reservation.service == meant[number].service
            and _can_move(reservation, at)
            and _step(by_number[each], reservation, venue) == step
        )
    ]


def _can_move(reservation: Reservation, at: datetime) -> bool:
    return reservation.status in MOVABLE and at < reservation.period.start


def _step(occurrence: Occurrence, reservation: Reservation, venue: Venue) -> tuple[timedelta, int]:
    """How a reservation stands by the rule: days from its date, and the minute of the day."""
    wall = reservation.period.start.astimezone(venue.zone)
    return wall.date() - occurrence.date, wall.hour * 60 + wall.minute
