"""Book a series: one wish on every date of a recurrence rule, in one commit."""

from collections.abc import Mapping
from datetime import datetime

import attrs

from booking_core.domain.availability.request import Offer, Violation
from booking_core.domain.kernel.errors import BookingError, NotFound
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, SeriesId, TenantId
from booking_core.domain.reservations.codes import confirmation_code
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.reservations.series import Missing, Occurrence, Series
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.changing_series import reservations_of
from booking_core.usecases.plan_series import Plan, SeriesCommand, SeriesLine, SeriesMode, SeriesPlanner
from booking_core.usecases.pricing import quote_for
from booking_core.usecases.reading import free_lapsed


class SeriesNotBookable(BookingError):
    """Some dates of a series cannot be had, or none where they would be skipped.

    `lines` has every date; the details name those that are missing, with the codes of what is in the way.
    """

    code = "SERIES_NOT_BOOKABLE"
    retry_action = "CHOOSE_ANOTHER_TIME"

    def __init__(self, lines: tuple[SeriesLine, ...]) -> None:
        self.lines = lines
        missing = [
            {
                "number": each.number,
                "date": each.date.isoformat(),
                "codes": [violation.code for violation in each.violations],
            }
            for each in lines
            if each.violations
        ]
        super().__init__(f"{len(missing)} of {len(lines)} dates cannot be had", missing=missing)


@attrs.frozen(kw_only=True)
class BookedSeries:
    """A series with a line for each of its dates; `is_replay` where its key had made it and nothing was done."""

    series: Series
    lines: tuple[SeriesLine, ...]
    is_replay: bool = False


@attrs.frozen(kw_only=True)
class ExplainSeries:
    """A dry run: what booking the series now would give. Nothing is written."""

    begin: UnitOfWork
    clock: Clock
    planner: SeriesPlanner

    def __call__(self, query: SeriesCommand) -> tuple[SeriesLine, ...]:
        """A line for each date, with its violations or none; raises InvalidInput, InvalidDates, NotFound."""
        with self.begin.reading(query.tenant) as tx:
            return self.planner.plan(tx, query, self.clock.now()).lines({})


@attrs.frozen(kw_only=True)
class BookSeries:
    """All in one commit: whatever goes wrong, nothing is half booked. Series of a tenant are written one at a time."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    planner: SeriesPlanner

    def __call__(self, command: SeriesCommand) -> BookedSeries:
        """The series, or the one that its idempotency key had made before.

        Raises SeriesNotBookable, SeriesNeedsPayment, KeyReused, InvalidInput, InvalidDates, NotFound.
        """
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            tx.one_at_a_time("series")
            key, fingerprint = command.idempotency_key, command.fingerprint()
            answered = tx.requests.answer(key, fingerprint) if key else None
            if answered is not None:
                return _replay(tx, answered)
            tx.one_at_a_time(f"customer:{command.customer.key}")
            plan = self.planner.plan(tx, command, at)
            if not plan.offers or (plan.refusals and command.mode is SeriesMode.ALL_OR_NOTHING):
                raise SeriesNotBookable(plan.lines({}))
            booked = self._record(tx, command, plan, at)
            if key:
                first = next(each.reservation.id for each in booked.lines if each.reservation)
                tx.requests.remember(key, fingerprint, first)
            return booked

    def _record(self, tx: Transaction, command: SeriesCommand, plan: Plan, at: datetime) -> BookedSeries:
        """The reservations with their folios, and the series."""
        free_lapsed(tx, sorted(plan.lapsed), at)
        made = {}
        for number, offer in plan.offers.items():
            placed = self._placed(command, plan, offer, at)
            tx.reservations.save(placed)
            quote = placed.state.quote
            if quote is not None:
                tx.folios.save(Folio.open(placed.state.id, quote.lines, quote.currency, at))
            made[number] = placed.state
        lines = plan.lines(made)
        series = Series.book(
            id=SeriesId(self.ids.new()),
            service=plan.service.id,
            recurrence=command.recurrence,
            occurrences=[_occurrence(each) for each in lines],
            at=at,
        )
        tx.series.add(series)
        return BookedSeries(series=series.state, lines=lines)

    def _placed(
        self, command: SeriesCommand, plan: Plan, offer: Offer, at: datetime
    ) -> Change[Reservation, Hold | None]:
        """The reservation of one date at the price of that date."""
        claim = ClaimId(self.ids.new())
        (_, provider), *_ = offer.assigned
        request, service = offer.request, plan.service
        return Reservation.place(
            id=claim,
            code=confirmation_code(plan.catalog.venue_of(service).code, claim),
            service=service.id,
            period=request.period,
            stay=request.stay,
            quantity=request.quantity,
            party=request.party,
            customer=command.customer,
            assigned=offer.assigned,
            claims=offer.claims,
            allocations=offer.allocations,
            policy=service.policy,
            at=at,
            quote=quote_for(plan.catalog, service, provider, request, command.wanted, at, uses={}),
        )


@attrs.frozen(kw_only=True)
class SeriesQuery:
    """One series."""

    tenant: TenantId
    series: SeriesId


@attrs.frozen(kw_only=True)
class SeriesOfQuery:
    """The series of one reservation."""

    tenant: TenantId
    reservation: ClaimId


@attrs.frozen(kw_only=True)
class ShowSeries:
    """A series with its reservations as they are now."""

    begin: UnitOfWork

    def __call__(self, query: SeriesQuery) -> tuple[Series, Mapping[int, Reservation]]:
        """The series, and its reservations by number; raises NotFound."""
        with self.begin.reading(query.tenant) as tx:
            series = tx.series.get(query.series)
            return series, reservations_of(tx, series.occurrences)


@attrs.frozen(kw_only=True)
class FindSeries:
    """The series that a reservation belongs to, for whoever wants to change it together with the others."""

    begin: UnitOfWork

    def __call__(self, query: SeriesOfQuery) -> tuple[Series, Mapping[int, Reservation]]:
        """The series, and its reservations by number; raises NotFound where the reservation belongs to none."""
        with self.begin.reading(query.tenant) as tx:
            series = tx.series.of_reservation(query.reservation)
            if series is None:
                raise NotFound("series", query.reservation)
            return series, reservations_of(tx, series.occurrences)


def _occurrence(line: SeriesLine) -> Occurrence:
    """A date as it is remembered."""
    return Occurrence(
        number=line.number,
        date=line.date,
        reservation=line.reservation.id if line.reservation else None,
        is_shifted=line.is_shifted,
        missing=tuple(Missing(each.code, each.message) for each in line.violations),
    )


def _replay(tx: Transaction, first: ClaimId) -> BookedSeries:
    """The series of a reservation, its reservations as they are now."""
    series = tx.series.of_reservation(first)
    assert series is not None, "a series is never removed"
    made = reservations_of(tx, series.occurrences)
    lines = [
        SeriesLine(
            number=each.number,
            date=each.date,
            period=made[each.number].period if each.number in made else None,
            violations=tuple(Violation(why.code, why.message) for why in each.missing),
            reservation=made.get(each.number),
            is_shifted=each.is_shifted,
        )
        for each in series.occurrences
    ]
    return BookedSeries(series=series, lines=tuple(lines), is_replay=True)
