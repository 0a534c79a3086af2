"""What becomes of every date of a series, asked date by date before anything is written."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial

import attrs

from booking_core.domain.availability.evaluate import evaluate, period_of_stay
from booking_core.domain.availability.request import Offer, Refusal, Request, Snapshot, Violation
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.availability.slots import find_slots
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.period import Period, Stay, epoch, from_epoch, instant
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.domain.payments.terms import terms_of
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.recurrence import MOST_OCCURRENCES, Recurrence
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.storage import Transaction
from booking_core.usecases.book import LONGEST_IDEMPOTENCY_KEY
from booking_core.usecases.reading import Reader
from booking_core.usecases.wanted import Wanted

MOST_SHIFT_DAYS = 31


class SeriesNeedsPayment(BookingError):
    """The policy asks for payment ahead, which is made for one booking at a time; staff may let the guest pay later."""

    code = "SERIES_NEEDS_PAYMENT"
    retry_action = "BOOK_ONE_BY_ONE"


class SeriesMode(StrEnum):
    """What becomes of a series some of whose dates cannot be had.

    Nothing is booked; or they are left out; or each goes to the next time that can be had before the following date,
    at most `shift_days` later (what has a fixed length to the next slot, anything else to the next day), and is left
    out where there is none.
    """

    ALL_OR_NOTHING = "all_or_nothing"
    SKIP = "skip"
    SHIFT = "shift"


@attrs.frozen(kw_only=True)
class SeriesCommand:
    """`wanted` is the first date's; every other one is the same on the wall clock of the venue.

    `except_dates` are dates of the rule on which nothing is wanted (RFC 5545 calls them EXDATE).

    Also the question of a dry run, which needs neither customer nor mode nor key. The same `idempotency_key` with the
    same content gives the same series, however often it is sent. Staff may let the guest `pay_later` what is to be paid
    ahead, each date by itself or at the desk.
    """

    tenant: TenantId
    wanted: Wanted
    recurrence: Recurrence
    customer: Customer
    mode: SeriesMode = SeriesMode.ALL_OR_NOTHING
    shift_days: int = 7
    except_dates: frozenset[date] = frozenset()
    pay_later: bool = False
    idempotency_key: str = ""
    actor: Actor = SYSTEM

    def __attrs_post_init__(self) -> None:
        """Refuse to shift a date out of sight, and keys that cannot be kept."""
        check_shift(self.shift_days)
        if len(self.except_dates) > MOST_OCCURRENCES:
            raise InvalidInput("except_dates", f"are at most {MOST_OCCURRENCES}", len(self.except_dates))
        if self.pay_later and self.actor.is_guest:
            raise InvalidInput("pay_later", "is for staff")
        plain_text(self.idempotency_key, "idempotency_key", LONGEST_IDEMPOTENCY_KEY)

    def fingerprint(self) -> str:
        """What tells two commands under one key apart (who sent it does not)."""
        how = (self.recurrence, self.mode, self.shift_days, sorted(self.except_dates), self.pay_later)
        content = repr(("series", *self.wanted.content, self.customer.content, how))
        return hashlib.sha256(content.encode()).hexdigest()


def check_shift(days: int) -> None:
    """Raise InvalidInput where a date would be shifted out of sight."""
    if not 1 <= days <= MOST_SHIFT_DAYS:
        raise InvalidInput("shift_days", f"must be 1…{MOST_SHIFT_DAYS}", days)


@attrs.frozen(kw_only=True)
class SeriesLine:
    """What became of one date: its reservation, or why there is none. A dry run has neither where it could be had.

    The `period` of a date that was skipped is not remembered.
    """

    number: int
    date: date
    period: Period | None = None
    violations: tuple[Violation, ...] = ()
    reservation: Reservation | None = None
    is_shifted: bool = False


@attrs.frozen(kw_only=True)
class SeriesPlanner:
    """Asks the evaluator about every date as if the earlier ones of the same series were booked already."""

    reader: Reader
    rules: RuleBook

    def plan(self, tx: Transaction, command: SeriesCommand, at: datetime) -> "Plan":
        """The dates with their offers and refusals; raises SeriesNeedsPayment, InvalidInput, InvalidDates, NotFound."""
        catalog = tx.catalogs.load()
        service = catalog.service(command.wanted.service)
        wanted = command.wanted.asked_by(command.actor)
        if wanted.codes:
            raise InvalidInput("codes", "are for single bookings, not for a series")
        if terms_of(service.policy) is not None and not command.pay_later:
            raise SeriesNeedsPayment("what is paid ahead is booked one by one")
        counts = self.rules.rules_of(service.policy).counts_bookings
        plan = Plan(
            catalog=catalog,
            service=service,
            wishes=_wishes(catalog, service, wanted, command),
            customer=command.customer.key if counts else "",
        )
        for number, (_, wish) in enumerate(plan.wishes, start=1):
            request = wish.request(catalog, service)
            answer = self._answer(tx, plan, request, at)
            if isinstance(answer, Refusal) and command.mode is SeriesMode.SHIFT:
                later = self._later(tx, plan, number, request, command.shift_days, at)
                answer = later or answer
                plan.shifted.update({number} if later else ())
            plan.note(number, request, answer)
        return plan

    def _answer(self, tx: Transaction, plan: "Plan", request: Request, at: datetime) -> Offer | Refusal:
        """What the evaluator says, as if what is planned were booked."""
        view = self.reader.for_request(tx, plan.catalog, plan.service, request, at, customer=plan.customer)
        plan.lapsed.update(view.lapsed)
        snapshot = with_taken(view.snapshot, plan.taken, len(plan.offers))
        return evaluate(request, snapshot, at, self.rules, turn=len(plan.offers))

    def _later(  # noqa: PLR0917 - what is asked, and how far
        self, tx: Transaction, plan: "Plan", number: int, request: Request, days: int, at: datetime
    ) -> Offer | None:
        """The next time that can be had before the following date; None where there is none."""
        following = None
        if number < len(plan.wishes):
            following = plan.wishes[number][1].request(plan.catalog, plan.service).period.start
        around = partial(
            self.reader.around, tx, plan.catalog, plan.service, at=at, request=request, customer=plan.customer
        )

        def look(window: Period) -> Snapshot:
            return with_taken(around(window).snapshot, plan.taken, len(plan.offers))

        for candidate in self.later(
            request, plan.service, plan.venue, at, days=days, before=following, look=look
        ):
            answer = self._answer(tx, plan, candidate, at)
            if isinstance(answer, Offer):
                return answer
        return None

    def later(
        self,
        request: Request,
        service: Service,
        venue: Venue,
        at: datetime,
        *,
        days: int,
        before: datetime | None,
        look: Callable[[Period], Snapshot],
    ) -> Iterator[Request]:
        """The same request at later times, up to an instant: the next slot, or the same time on the following days.

        `look` shows what is free in a window.
        """
        if service.duration is None:
            candidates = [moved_days(request, later, venue) for later in range(1, days + 1)]
        else:
            window = Period(request.period.start, request.period.start + timedelta(days=days))
            found = find_slots(look(window), window, at, self.rules, request).values()
            starts = sorted((slots[0] for slots in found if slots), key=lambda slot: slot.start)
            candidates = [attrs.evolve(request, period=Period(each.start, each.end)) for each in starts[:1]]
        return (each for each in candidates if before is None or each.period.start < before)


@attrs.frozen(kw_only=True)
class Plan:
    """Every date of a series with its wish, and by number what the evaluator said."""

    catalog: Catalog
    service: Service
    wishes: tuple[tuple[date, Wanted], ...]
    customer: str = ""
    offers: dict[int, Offer] = attrs.field(factory=dict)
    refusals: dict[int, tuple[Period, tuple[Violation, ...]]] = attrs.field(factory=dict)
    shifted: set[int] = attrs.field(factory=set)
    taken: list[Allocation] = attrs.field(factory=list)
    lapsed: set[ClaimId] = attrs.field(factory=set)

    @property
    def venue(self) -> Venue:
        """Whose wall clock the series follows."""
        return self.catalog.venue_of(self.service)

    def note(self, number: int, request: Request, answer: Offer | Refusal) -> None:
        """Remember what was said of a date."""
        if isinstance(answer, Refusal):
            self.refusals[number] = (request.period, answer.violations)
        else:
            self.offers[number] = answer
            self.taken.extend(answer.allocations)

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
                    is_shifted=number in self.shifted,
                )
            )
        return tuple(lines)


def _wishes(
    catalog: Catalog, service: Service, wanted: Wanted, command: SeriesCommand
) -> tuple[tuple[date, Wanted], ...]:
    """The wish on every date, the same on the wall clock whatever the clock does in between."""
    if wanted.stay is not None:
        nights = wanted.stay.nights
        days = _days(command, wanted.stay.check_in)
        return tuple((day, attrs.evolve(wanted, stay=Stay.of_nights(day, nights))) for day in days)
    if wanted.start is None:
        raise InvalidInput("start", "is required", None)
    venue = catalog.venue_of(service)
    first = instant(wanted.start, "start").astimezone(venue.zone).date()
    for moment in filter(None, (wanted.start, wanted.end)):
        if moment.second or moment.microsecond:
            raise InvalidInput("start", "a series begins and ends on whole minutes", str(moment))

    def wish(day: date, start: datetime) -> Wanted:
        end = None if wanted.end is None else on_the_wall(instant(wanted.end, "end"), day - first, venue)
        return (
            wanted
            if day == first
            else attrs.evolve(wanted, start=on_the_wall(start, day - first, venue), end=end)
        )

    return tuple((day, wish(day, wanted.start)) for day in _days(command, first))


def _days(command: SeriesCommand, first: date) -> tuple[date, ...]:
    """The dates that are wanted; raises InvalidInput for exceptions that are none of the rule's, or leave nothing."""
    days = command.recurrence.dates(first)
    unknown = command.except_dates.difference(days)
    if unknown:
        raise InvalidInput("except_dates", "is none of the series' dates", min(unknown))
    left = tuple(day for day in days if day not in command.except_dates)
    if not left:
        raise InvalidInput("except_dates", "leave no date of the series")
    return left


def with_taken(snapshot: Snapshot, taken: list[Allocation], booked: int) -> Snapshot:
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


def moved_days(request: Request, days: int, venue: Venue) -> Request:
    """The same request so many days later, at the same times on the wall."""
    later = timedelta(days=days)
    if request.stay is not None:
        stay = Stay(request.stay.check_in + later, request.stay.check_out + later)
        return attrs.evolve(request, stay=stay, period=period_of_stay(stay, venue))
    start, end = (on_the_wall(each, later, venue) for each in (request.period.start, request.period.end))
    return attrs.evolve(request, period=Period(start, end))


def on_the_wall(moment: datetime, later: timedelta, venue: Venue) -> datetime:
    """The instant at which the wall clock reads the same, whole days later."""
    wall = moment.astimezone(venue.zone)
    return from_epoch(wall_epoch(wall.date() + later, wall.hour * 60 + wall.minute, venue.zone))
