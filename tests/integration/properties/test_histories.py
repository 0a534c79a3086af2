"""The same history on every storage, side by side: the same answers, to the id and the lane, and sound lanes."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count, pairwise
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.builders import Business, a_business
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.catalog.policy import RuleSetting, Trade
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.period import epoch
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.reservations.soundness import history_is_path
from booking_core.ports.storage import Page
from booking_core.usecases.close_resource import Closed
from tests.effort import scaled
from tests.integration.conftest import STORAGES

ALL_DAYS = "2026-03-01/2026-03-12"
TWO_DAYS = ("2026-03-03", "2026-03-04")
FEW_TIMES = ("09:00", "09:15", "10:00", "13:00")
FEW_INTERVALS = (
    "2026-03-03 08:00/10:00",
    "2026-03-03 09:30/11:00",
    "2026-03-03 10:00/12:15",
    "2026-03-04 08:00/22:00",
)
DAYS, TIMES, INTERVALS = map(st.sampled_from, (TWO_DAYS, FEW_TIMES, FEW_INTERVALS))
SLOTTED = st.sampled_from(("visit", "visit", "consult", "tour"))
SESSIONS = st.sampled_from(("session-a", "session-b"))
CUSTOMERS = st.sampled_from(("Zoe", "Yan"))
SEATS = st.sampled_from((1, 1, 1, 1, 2, 3))
STAYS = st.builds(
    lambda first, nights: f"2026-03-{first:02}/2026-03-{first + nights:02}",
    st.integers(3, 6),
    st.integers(1, 3),
)
# A flat list, because every candidate of it is drawn as often as any other.
CANDIDATES = st.sampled_from(
    [(service, f"{day} {time}") for service in ("visit", "consult") for day in TWO_DAYS for time in FEW_TIMES]
    + [("tour", f"{day} {time}") for day in TWO_DAYS for time in ("09:00", "13:00")]
    + [("cabin", f"2026-03-{first:02}/2026-03-{last:02}") for first, last in ((3, 4), (3, 6), (5, 7), (6, 7))]
    + [("hall", interval) for interval in FEW_INTERVALS]
)
RESOURCES = st.sampled_from(("anna", "bert", "room-1", "tour", "cabin-1", "hall"))
_numbers = count(1)


def every_trade(key: str) -> Business:
    """A business of all trades at once, small enough for everything to collide."""
    place = a_business(key, code="ALL").called(key).with_any("staff", "anna", "bert")
    place = place.with_any("room", "room-1", hours="always").with_any(
        "hall", "hall", hours="MO-SU 08:00-22:00"
    )
    place = place.with_any("tour", "tour", hours="MO-SU 09:00-12:00 13:00-16:00", capacity=3, allowance=1)
    place = place.with_any("cabin", "cabin-1", "cabin-2", hours="always", largest_party=4)
    approval: dict[str, Any] = {"needs_approval": True, "pending_ttl": timedelta(hours=2)}
    late = timedelta(minutes=30)
    limit = (RuleSetting.of("customer_limit", live=2), RuleSetting.of("minimum_notice", minutes=30))
    place = place.offering("visit", "staff", minutes=30, every=15, before=10, after=5, no_show_after=late)
    place = place.offering("consult", "staff", "room", minutes=60, every=30, **approval)
    place = place.offering("tour", "tour", trade=Trade.ACTIVITY, minutes=180, no_show_after=late)
    place = place.offering("cabin", "cabin", trade=Trade.STAY, no_show_after=timedelta(hours=9))
    return place.offering("hall", "hall", trade=Trade.RENTAL, rules=limit, after=15)


class Histories(RuleBasedStateMachine):
    """One business on several storages, all of which are told the same."""

    holds: Bundle[Hold] = Bundle("holds")
    reservations: Bundle[Reservation] = Bundle("reservations")

    stores: ClassVar[dict[str, Storage]] = {}

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, OpenBusiness] = {}
        self.closures: dict[tuple[str, str], Closure] = {}

    @initialize()
    def open(self) -> None:
        """A tenant of its own for every history, with ids that repeat in all of them."""
        business = every_trade(f"all-{next(_numbers)}")
        self.places = {
            name: TheEngine(store, FixedClock(), SeededIds()).opens(business)
            for name, store in self.stores.items()
        }

    def all_say(self, action: Callable[[OpenBusiness], Any]) -> Any:
        """What every storage answers to the same; refusals are answers."""
        answers = {name: said(action, place) for name, place in self.places.items()}
        first, *others = answers
        for other in others:
            assert answers[other] == answers[first], f"{other} differs from {first}"
        return answers[first]

    @rule(target=holds, candidate=CANDIDATES, seats=SEATS, session=SESSIONS)
    def hold(self, candidate: tuple[str, str], seats: int, session: str) -> Any:
        return kept(self.all_say(lambda place: place.hold(*candidate, session, seats=seats)))

    @rule(hold=holds, session=SESSIONS, what=st.sampled_from(("renew", "release")))
    def use_a_hold(self, hold: Hold, session: str, what: str) -> None:
        self.all_say(lambda place: getattr(place, what)(hold, session))

    @rule(
        target=reservations,
        candidate=CANDIDATES,
        seats=SEATS,
        customer=CUSTOMERS,
        session=st.sampled_from(("", "", "session-a", "session-b")),
        key=st.sampled_from(("", "", "key", "key")),
    )
    def book(self, candidate: tuple[str, str], seats: int, customer: str, session: str, key: str) -> Any:
        """With a key the command is sent twice, and the second answer is the first one's reservation."""
        key = key and f"{key} {candidate}"

        def book(place: OpenBusiness) -> Reservation:
            return place.book(*candidate, seats=seats, customer=customer, session=session, key=key)

        first = self.all_say(book)
        if key and isinstance(first, Reservation):
            assert self.all_say(book) == first
        return kept(first)

    @rule(
        target=reservations,
        hold=holds,
        customer=CUSTOMERS,
        right_session=st.sampled_from((True, True, False)),
    )
    def book_a_hold(self, hold: Hold, customer: str, right_session: bool) -> Any:
        def book(place: OpenBusiness) -> Reservation:
            if hold.stay is not None:
                when = f"{hold.stay.check_in}/{hold.stay.check_out}"
            else:
                start, end = (f"{each:%Y-%m-%d %H:%M}" for each in local(place, hold))
                when = f"{start}/{end}"
            service = place.business.catalog.services[hold.service].key
            session = hold.session if right_session else "session-x"
            return place.book(
                service, when, seats=hold.quantity, customer=customer, session=session, hold=hold
            )

        return kept(self.all_say(book))

    @rule(reservation=reservations, what=st.sampled_from(("confirm", "decline", "cancel", "cancel")))
    def decide(self, reservation: Reservation, what: str) -> None:
        self.all_say(lambda place: getattr(place, what)(reservation))

    @rule(reservation=reservations, times=st.tuples(DAYS, TIMES, STAYS, INTERVALS), seats=SEATS)
    def move(self, reservation: Reservation, times: tuple[str, str, str, str], seats: int) -> None:
        day, time, stay, interval = times

        def move(place: OpenBusiness) -> Reservation:
            service = place.business.catalog.services[reservation.service]
            chosen = stay if reservation.stay else interval
            when = f"{day} {time}" if service.duration else chosen
            return place.move(reservation, when, anybody=time == "09:00", seats=seats)

        self.all_say(move)

    @rule(resource=RESOURCES, when=INTERVALS, places=st.sampled_from((None, None, 1, 2)))
    def close_or_reopen(self, resource: str, when: str, places: int | None) -> None:
        """What is closed is opened again by whoever would close it a second time."""
        known = self.closures.pop((resource, when), None)
        if known is not None:
            self.all_say(lambda place: place.reopen(known))
            return
        closed = self.all_say(lambda place: place.close(resource, when, places=places))
        if isinstance(closed, Closed):
            self.closures[resource, when] = closed.closure

    @rule(minutes=st.sampled_from((5, 5, 10, 60, 120, 16 * 60)), worker=st.sampled_from((False, False, True)))
    def time_passes(self, minutes: int, worker: bool) -> None:
        """Perhaps a worker makes its round, perhaps lapsed claims are left lying about."""
        for place in self.places.values():
            place.engine.clock.advance(timedelta(minutes=minutes))
        if worker:
            self.all_say(lambda place: place.time_passes())

    @rule(service=SLOTTED, candidate=CANDIDATES, stay=STAYS, session=SESSIONS, seats=SEATS)
    def look(self, service: str, candidate: tuple[str, str], stay: str, session: str, seats: int) -> None:
        self.all_say(lambda place: place.slots(service, ALL_DAYS, session=session, seats=seats))
        self.all_say(lambda place: place.next_slot(service, "2026-03-03 09:05"))
        self.all_say(lambda place: place.stays(stay, session=session))
        self.all_say(lambda place: place.explain(*candidate, seats=seats))

    @invariant()
    def the_same_is_stored_everywhere_and_lanes_never_overlap(self) -> None:
        if self.places:
            stored = self.all_say(everything)
            assert isinstance(stored, dict), stored
            assert_sound(stored)


def said(action: Callable[[OpenBusiness], Any], place: OpenBusiness) -> Any:
    """An answer that can be compared: a refusal by its kind, words and details."""
    try:
        return action(place)
    except BookingError as refused:
        return type(refused), str(refused), dict(refused.details)


def kept(answer: Any) -> Any:
    """A hold or reservation goes into its bundle, a refusal into none."""
    return multiple() if isinstance(answer, tuple) else answer


def local(place: OpenBusiness, hold: Hold) -> tuple[Any, Any]:
    zone = place.business.venue.zone
    return hold.period.start.astimezone(zone), hold.period.end.astimezone(zone)


def everything(place: OpenBusiness) -> dict[str, Any]:
    """All that the ports show of a business."""
    catalog, window = place.business.catalog, place.wall.period(ALL_DAYS)
    resources = list(catalog.resources.values())
    with place.engine.store.reading(place.tenant) as tx:
        reading = tx.calendars.read(resources, window, place.engine.clock.now())
        return {
            "busy": {who: sorted(map(tuple, each.busy)) for who, each in reading.calendars.items()},
            "closed": {who: list(each.closed) for who, each in reading.calendars.items()},
            "lapsed": set(reading.lapsed),
            "holds": [tx.holds.of_session(session) for session in ("session-a", "session-b")],
            "reservations": list(tx.reservations.overlapping(None, window, Page(limit=500))),
            "closures": {each.id: list(tx.closures.overlapping(each.id, window)) for each in resources},
            "lanes": {each.id: each.lanes for each in resources},
        }


def assert_sound(stored: dict[str, Any]) -> None:
    """Invariants 1, 3, 4 and 21 of the design."""
    for who, busy in stored["busy"].items():
        assert all(1 <= lane <= stored["lanes"][who] for _, _, lane in busy)
        for lane in {lane for _, _, lane in busy}:
            spans = sorted((start, end) for start, end, taken in busy if taken == lane)
            assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
    for reservation in stored["reservations"]:
        assert history_is_path(reservation.history)
        assert_covers_its_claims(reservation)


def assert_covers_its_claims(reservation: Reservation) -> None:
    claims = reservation.claims if reservation.is_live else ()
    owed = sum((epoch(each.period.end) - epoch(each.period.start)) * each.quantity for each in claims)
    has = sum(epoch(each.period.end) - epoch(each.period.start) for each in reservation.allocations)
    assert owed == has
    periods = {each.resource: each.period for each in claims}
    for each in reservation.allocations:
        whole = periods[each.resource]
        assert whole.start <= each.period.start < each.period.end <= whole.end


@pytest.mark.slow
def test_the_same_history_has_the_same_answers_on_every_storage(request: pytest.FixtureRequest) -> None:
    class OnAllStorages(Histories):
        stores: ClassVar = {name: request.getfixturevalue(f"{name}_store") for name in STORAGES}

    run_state_machine_as_test(
        OnAllStorages, settings=settings(max_examples=scaled(25), stateful_step_count=40)
    )
