"""Book a series: one wish on every date of a recurrence rule, in one commit."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Offer, Refusal, Snapshot, Violation
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import ClaimId, SeriesId, TenantId
from booking_core.domain.kernel.period import Period, Stay, epoch, from_epoch, instant
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.recurrence import Recurrence
from booking_core.domain.reservations.reservation import Reservation, confirmation_code
from booking_core.domain.reservations.series import Occurrence, Series
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.pricing import quote_for
from booking_core.usecases.reading import Reader, free_lapsed
from booking_core.usecases.wanted import Wanted


class SeriesMode(StrEnum):
    """What becomes of a series some of whose dates cannot be had."""

    ALL_OR_NOTHING = "all_or_nothing"
    SKIP = "skip"


class SeriesNotBookable(BookingError):
    """Some dates of a series cannot be had, or none where they would be skipped.

    `lines` has every date; the details name those that are missing, with the codes of what is in the way.
    """

    code = "SERIES_NOT_BOOKABLE"
    retry_action = "CHOOSE_ANOTHER_TIME"

    def __init__(self, lines: "tuple[SeriesLine, ...]") -> None:
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
class SeriesCommand:
    """`wanted` is the first date's; every other one is the same on the wall clock of the venue.

    Also the question of a dry run, which needs neither customer nor mode.
    """

    tenant: TenantId
    wanted: Wanted
    recurrence: Recurrence
    customer: Customer
    mode: SeriesMode = SeriesMode.ALL_OR_NOTHING
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class SeriesLine:
    """What became of one date: its reservation, or why there is none. A dry run has neither where it could be had."""

    number: int
    date: date
    period: Period
    violations: tuple[Violation, ...] = ()
    reservation: Reservation | None = None


@attrs.frozen(kw_only=True)
class BookedSeries:
    """A series with a line for each of its dates."""

    series: Series
    lines: tuple[SeriesLine, ...]


@attrs.frozen(kw_only=True)
class SeriesPlanner:
    """Asks the evaluator about every date as if the earlier ones of the same series were booked already."""

    reader: Reader
    rules: RuleBook

    def plan(self, tx: Transaction, command: SeriesCommand, at: datetime) -> "Plan":
        """The dates with their offers and refusals; raises InvalidInput, InvalidDates, NotFound."""
        catalog = tx.catalogs.load()
        service = catalog.service(command.wanted.service)
        wanted = command.wanted.asked_by(command.actor)
        if wanted.codes:
            raise InvalidInput("codes", "are for single bookings, not for a series")
        counts = self.rules.rules_of(service.policy).counts_bookings
        customer = command.customer.key if counts else ""
        plan = Plan(
            catalog=catalog, service=service, wishes=_wishes(catalog, service, wanted, command.recurrence)
        )
        lapsed: set[ClaimId] = set()
        taken: list[Allocation] = []
        for number, (_, wish) in enumerate(plan.wishes, start=1):
            request = wish.request(catalog, service)
            view = self.reader.for_request(tx, catalog, service, request, at, customer=customer)
            lapsed.update(view.lapsed)
            snapshot = _with_taken(view.snapshot, taken, len(plan.offers))
            answer = evaluate(request, snapshot, at, self.rules, turn=number)
            if isinstance(answer, Refusal):
                plan.refusals[number] = (request.period, answer.violations)
            else:
                plan.offers[number] = answer
                taken += answer.allocations
        return attrs.evolve(plan, lapsed=tuple(sorted(lapsed)))


@attrs.frozen(kw_only=True)
class Plan:
    """Every date of a series with its wish, and by number what the evaluator said."""

    catalog: Catalog
    service: Service
    wishes: tuple[tuple[date, Wanted], ...]
    offers: dict[int, Offer] = attrs.field(factory=dict)
    refusals: dict[int, tuple[Period, tuple[Violation, ...]]] = attrs.field(factory=dict)
    lapsed: tuple[ClaimId, ...] = ()

    def lines(self, made: Mapping[int, Reservation]) -> tuple[SeriesLine, ...]:
        """A line for each date, with what was made."""
        lines = []
        for number, (day, _) in enumerate(self.wishes, start=1):
            offer = self.offers.get(number)
            period, violations = (offer.request.period, ()) if offer else self.refusals[number]
            lines.append(
                SeriesLine(
                    number=number,
                    date=day,
                    period=period,
                    violations=violations,
                    reservation=made.get(number),
                )
            )
        return tuple(lines)


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
        """The series; raises SeriesNotBookable, InvalidInput, InvalidDates, NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            tx.one_at_a_time("series")
            tx.one_at_a_time(f"customer:{command.customer.key}")
            plan = self.planner.plan(tx, command, at)
            if not plan.offers or (plan.refusals and command.mode is SeriesMode.ALL_OR_NOTHING):
                raise SeriesNotBookable(plan.lines({}))
            free_lapsed(tx, plan.lapsed, at)
            made = {}
            for number, offer in plan.offers.items():
                placed = self._placed(command, plan, offer, at)
                tx.reservations.save(placed)
                quote = placed.state.quote
                if quote is not None:
                    tx.folios.save(Folio.open(placed.state.id, quote.lines, quote.currency, at))
                made[number] = placed.state
            series = Series.book(
                id=SeriesId(self.ids.new()),
                service=plan.service.id,
                recurrence=command.recurrence,
                dates=[day for day, _ in plan.wishes],
                reservations={number: each.id for number, each in made.items()},
                at=at,
            )
            tx.series.add(series)
            return BookedSeries(series=series.state, lines=plan.lines(made))

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


def _wishes(
    catalog: Catalog, service: Service, wanted: Wanted, rule: Recurrence
) -> tuple[tuple[date, Wanted], ...]:
    """The wish on every date, the same on the wall clock whatever the clock does in between."""
    if wanted.stay is not None:
        nights = wanted.stay.nights
        days = rule.dates(wanted.stay.check_in)
        return tuple((day, attrs.evolve(wanted, stay=Stay.of_nights(day, nights))) for day in days)
    if wanted.start is None:
        raise InvalidInput("start", "is required", None)
    zone = catalog.venue_of(service).zone
    first = instant(wanted.start, "start").astimezone(zone).date()

    def moved(moment: datetime, day: date) -> datetime:
        wall = moment.astimezone(zone)
        if wall.second or wall.microsecond:
            raise InvalidInput("start", "a series begins and ends on whole minutes", moment)
        on = wall.date() + (day - first)
        return from_epoch(wall_epoch(on, wall.hour * 60 + wall.minute, zone))

    def wish(day: date, start: datetime) -> Wanted:
        end = None if wanted.end is None else moved(instant(wanted.end, "end"), day)
        return wanted if day == first else attrs.evolve(wanted, start=moved(start, day), end=end)

    return tuple((day, wish(day, wanted.start)) for day in rule.dates(first))


def _with_taken(snapshot: Snapshot, taken: list[Allocation], booked: int) -> Snapshot:
    """The snapshot as if these lanes were taken, and the customer had so many bookings more."""
    diaries = {}
    for resource, diary in snapshot.diaries.items():
        also = [
            (epoch(each.period.start), epoch(each.period.end), each.lane)
            for each in taken
            if each.resource == resource
        ]
        calendar = attrs.evolve(diary.calendar, busy=sorted([*diary.calendar.busy, *also]))
        diaries[resource] = attrs.evolve(diary, calendar=calendar)
    return attrs.evolve(snapshot, diaries=diaries, customer_live=snapshot.customer_live + booked)


@attrs.frozen(kw_only=True)
class SeriesQuery:
    """One series."""

    tenant: TenantId
    series: SeriesId


@attrs.frozen(kw_only=True)
class ShowSeries:
    """A series with its reservations as they are now."""

    begin: UnitOfWork

    def __call__(self, query: SeriesQuery) -> tuple[Series, Mapping[int, Reservation]]:
        """The series, and its reservations by number; raises NotFound."""
        with self.begin.reading(query.tenant) as tx:
            series = tx.series.get(query.series)
            return series, reservations_of(tx, series.occurrences)


def reservations_of(tx: Transaction, occurrences: Sequence[Occurrence]) -> dict[int, Reservation]:
    """The reservations of some occurrences, by number."""
    booked = ((each.number, each.reservation) for each in occurrences if each.reservation is not None)
    return {number: tx.reservations.get(reservation) for number, reservation in booked}
