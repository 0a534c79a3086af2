"""The contracts of what live editing and busy days ask for: locks, limits and hints."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from booking_adapters.ambient.ids import UuidV7
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ClaimId, ResourceId, TenantId
from booking_core.domain.kernel.period import Period
from booking_core.domain.live.editing import Lock, LockHeld, LockWish, Scope, StaleLock
from booking_core.domain.live.updates import RESYNC, Update
from booking_core.ports.ambient import Clock
from booking_core.ports.live import HoldHint, HoldHints, LiveUpdates, Locks, RateLimiter, RateRule

IDS = UuidV7()
CABIN, OTHER = ResourceId(IDS.new()), ResourceId(IDS.new())
SECOND = timedelta(seconds=1)
Pass = Callable[[timedelta], None]
"""Lets time pass."""


def dates(first: int, end: int, resource: ResourceId = CABIN) -> Scope:
    """Days of March."""
    return Scope.of_resource(resource, date(2030, 3, first), date(2030, 3, end))


def wish(owner: str, *scopes: Scope, ttl: timedelta = 30 * SECOND) -> LockWish:
    """A lock of somebody who is called as they are known."""
    return LockWish(owner=owner, holder=owner.title(), scopes=scopes, ttl=ttl)


class LocksContract:
    """Needs fixtures `locks` and `passes` (time of theirs)."""

    @pytest.fixture
    def tenant(self) -> TenantId:
        return TenantId(IDS.new())

    def test_what_meets_a_lock_of_somebody_else_is_refused_with_who_and_since_when(
        self, locks: Locks, tenant: TenantId
    ) -> None:
        first = locks.acquire(tenant, wish("ann", dates(1, 5)))
        with pytest.raises(LockHeld) as refused:
            locks.acquire(tenant, wish("bob", dates(9, 12, OTHER), dates(4, 9)))
        assert refused.value.details == {
            "holder": "Ann",
            "since": first.since,
            "expires_at": first.expires_at,
        }
        assert locks.held(tenant) == [first]

    @pytest.mark.parametrize("scope", [dates(5, 9), dates(1, 5, OTHER), Scope.of_reservation(ClaimId(CABIN))])
    def test_other_dates_and_other_things_are_free(
        self, locks: Locks, tenant: TenantId, scope: Scope
    ) -> None:
        first = locks.acquire(tenant, wish("ann", dates(1, 5)))
        second = locks.acquire(tenant, wish("bob", scope))
        assert locks.held(tenant) == [first, second]

    def test_other_tenants_are_not_kept_out(self, locks: Locks, tenant: TenantId) -> None:
        locks.acquire(tenant, wish("ann", dates(1, 5)))
        assert locks.acquire(TenantId(IDS.new()), wish("bob", dates(1, 5))).holder == "Bob"

    def test_later_locks_have_higher_tokens_whatever_became_of_the_others(
        self, locks: Locks, tenant: TenantId
    ) -> None:
        tokens = []
        for owner in ("ann", "bob", "ann", "cem"):
            lock = locks.acquire(tenant, wish(owner, dates(1, 5)))
            tokens.append(lock.token)
            assert locks.release(tenant, lock.token, owner) == lock
        assert tokens == sorted(set(tokens))

    def test_the_same_wish_again_is_the_same_lock(self, locks: Locks, tenant: TenantId) -> None:
        first = locks.acquire(tenant, wish("ann", dates(1, 5)))
        again = locks.acquire(tenant, wish("ann", dates(1, 5), ttl=60 * SECOND))
        assert (again.token, again.since) == (first.token, first.since)
        assert again.expires_at > first.expires_at

    def test_a_lock_that_is_not_renewed_ends_by_itself(
        self, locks: Locks, tenant: TenantId, passes: Pass
    ) -> None:
        killed = locks.acquire(tenant, wish("ann", dates(1, 5), ttl=SECOND))
        passes(1.1 * SECOND)
        assert locks.held(tenant) == []
        later = locks.acquire(tenant, wish("bob", dates(1, 5)))
        assert later.token > killed.token
        with pytest.raises(StaleLock):
            locks.renew(tenant, killed.token, "ann", SECOND)

    def test_a_renewed_lock_goes_on(self, locks: Locks, tenant: TenantId, passes: Pass) -> None:
        lock = locks.acquire(tenant, wish("ann", dates(1, 5), ttl=SECOND))
        renewed = locks.renew(tenant, lock.token, "ann", 60 * SECOND)
        passes(1.1 * SECOND)
        assert locks.held(tenant) == [renewed]

    def test_nobody_renews_or_releases_what_is_not_theirs(self, locks: Locks, tenant: TenantId) -> None:
        lock = locks.acquire(tenant, wish("ann", dates(1, 5)))
        with pytest.raises(StaleLock):
            locks.renew(tenant, lock.token, "bob", SECOND)
        assert locks.release(tenant, lock.token, "bob") is None
        assert locks.held(tenant) == [lock]

    def test_a_client_that_has_gone_leaves_nothing_locked(self, locks: Locks, tenant: TenantId) -> None:
        mine = [locks.acquire(tenant, wish("ann", dates(day, day + 1))) for day in (1, 2)]
        other = locks.acquire(tenant, wish("bob", dates(3, 4)))
        assert list(locks.release_all(tenant, "ann")) == mine
        assert locks.held(tenant) == [other]

    def test_a_time_to_live_is_bounded(self, locks: Locks, tenant: TenantId) -> None:
        lock = locks.acquire(tenant, wish("ann", dates(1, 5)))
        with pytest.raises(InvalidInput):
            locks.renew(tenant, lock.token, "ann", timedelta(days=1))

    def test_of_many_who_want_the_same_one_gets_it(self, locks: Locks, tenant: TenantId) -> None:
        acts = [lambda n=n: locks.acquire(tenant, wish(f"client-{n}", dates(1, 5))) for n in range(8)]
        outcomes = all_at_once(*acts)
        assert [type(each) for each in outcomes].count(Lock) == 1
        assert [type(each) for each in outcomes].count(LockHeld) == 7


class LiveUpdatesContract:
    """Needs fixtures `here` and `there`: the bell as two listeners use it, perhaps in two processes."""

    @pytest.fixture
    def tenant(self) -> TenantId:
        return TenantId(IDS.new())

    def test_who_listens_hears_within_a_second_in_order(
        self, here: LiveUpdates, there: LiveUpdates, tenant: TenantId
    ) -> None:
        with listening(there, tenant) as heard:
            told = [an_update(number) for number in range(5)]
            for update in told:
                here.publish(tenant, update)
            assert heard(5, SECOND) == told

    def test_other_tenants_hear_nothing(
        self, here: LiveUpdates, there: LiveUpdates, tenant: TenantId
    ) -> None:
        with listening(there, tenant) as heard:
            here.publish(TenantId(IDS.new()), an_update(1))
            here.publish(tenant, an_update(2))
            assert heard(1, SECOND) == [an_update(2)]

    def test_who_does_not_listen_any_more_hears_nothing(self, here: LiveUpdates, tenant: TenantId) -> None:
        woken: list[int] = []
        with here.subscribe(tenant, lambda: woken.append(1)):
            pass
        here.publish(tenant, an_update(1))
        assert woken == []

    def test_who_listens_too_slowly_is_told_to_read_everything_anew(
        self, here: LiveUpdates, tenant: TenantId
    ) -> None:
        with here.subscribe(tenant, lambda: None) as slow:
            for number in range(2_000):
                here.publish(tenant, an_update(number))
            taken = slow.take()
            assert taken[0] == RESYNC
            assert len(taken) < 1_000
            assert taken[-1] == an_update(1_999)
            assert slow.take() == []


class RateLimiterContract:
    """Needs fixtures `limiter` and `passes`."""

    RULE = RateRule(name="requests", most=4, per=2 * SECOND)

    @pytest.fixture
    def key(self) -> str:
        return str(IDS.new())

    def test_so_many_go_on_at_once_and_the_next_one_waits(self, limiter: RateLimiter, key: str) -> None:
        waits = [limiter.spend(key, self.RULE) for _ in range(5)]
        assert waits[:4] == [timedelta(0)] * 4
        assert timedelta(0) < waits[4] <= SECOND / 2

    def test_after_the_wait_one_goes_on(self, limiter: RateLimiter, key: str, passes: Pass) -> None:
        for _ in range(4):
            limiter.spend(key, self.RULE)
        passes(limiter.spend(key, self.RULE) + SECOND / 100)
        assert limiter.spend(key, self.RULE) == timedelta(0)

    def test_others_and_other_rules_are_counted_apart(self, limiter: RateLimiter, key: str) -> None:
        for _ in range(5):
            limiter.spend(key, self.RULE)
        assert limiter.spend(key + "0", self.RULE) == timedelta(0)
        assert limiter.spend(key, attrs.evolve(self.RULE, name="bookings")) == timedelta(0)

    def test_of_many_at_once_so_many_go_on(self, limiter: RateLimiter, key: str) -> None:
        slow = RateRule(name="slow", most=3, per=timedelta(hours=1))
        waits = all_at_once(*[lambda: limiter.spend(key, slow) for _ in range(8)])
        assert waits.count(timedelta(0)) == 3


class HoldHintsContract:
    """Needs fixtures `hints`, `passes`, and `clock`, by which holds expire."""

    @pytest.fixture
    def tenant(self) -> TenantId:
        return TenantId(IDS.new())

    def test_a_hold_from_ten_to_eleven_is_met_at_half_past_ten(
        self, hints: HoldHints, tenant: TenantId, clock: Clock
    ) -> None:
        hints.record(tenant, held("ann", clock, (10, 11)))
        assert hints.expect_taken(tenant, ["hall"], between(clock, 10.5, 11.5), "bob")
        assert hints.expect_taken(tenant, ["room", "hall"], between(clock, 9.5, 10.5), "bob")
        assert not hints.expect_taken(tenant, ["hall"], between(clock, 11, 12), "bob")
        assert not hints.expect_taken(tenant, ["hall"], between(clock, 9, 10), "bob")

    def test_it_is_not_met_by_its_own_session_elsewhere_or_by_others(
        self, hints: HoldHints, tenant: TenantId, clock: Clock
    ) -> None:
        hints.record(tenant, held("ann", clock, (10, 11)))
        assert not hints.expect_taken(tenant, ["hall"], between(clock, 10, 11), "ann")
        assert not hints.expect_taken(tenant, ["room"], between(clock, 10, 11), "bob")
        assert not hints.expect_taken(TenantId(IDS.new()), ["hall"], between(clock, 10, 11), "bob")

    def test_what_was_replaced_is_met_no_more(self, hints: HoldHints, tenant: TenantId, clock: Clock) -> None:
        first, second = held("ann", clock, (10, 11)), held("ann", clock, (12, 13))
        hints.record(tenant, first)
        hints.record(tenant, attrs.evolve(first, taken=second.taken))
        assert not hints.expect_taken(tenant, ["hall"], between(clock, 10, 11), "bob")
        assert hints.expect_taken(tenant, ["hall"], between(clock, 12, 13), "bob")

    def test_a_hold_of_several_times_is_met_at_each(
        self, hints: HoldHints, tenant: TenantId, clock: Clock
    ) -> None:
        first, second = held("ann", clock, (10, 11)), held("ann", clock, (12, 13))
        hints.record(tenant, attrs.evolve(first, taken=first.taken + second.taken))
        assert hints.expect_taken(tenant, ["hall"], between(clock, 10, 11), "bob")
        assert hints.expect_taken(tenant, ["hall"], between(clock, 12, 13), "bob")

    def test_an_expired_hold_is_met_no_more(
        self, hints: HoldHints, tenant: TenantId, clock: Clock, passes: Pass
    ) -> None:
        hints.record(tenant, held("ann", clock, (10, 11), ttl=SECOND))
        passes(2.1 * SECOND)
        assert not hints.expect_taken(tenant, ["hall"], between(clock, 10, 11), "bob")


@contextmanager
def listening(updates: LiveUpdates, tenant: TenantId) -> Iterator[Callable[[int, timedelta], list[Update]]]:
    """Listen; what is given takes so many updates, and waits for them no longer than is said."""
    woken = threading.Event()
    with updates.subscribe(tenant, woken.set) as subscription:
        heard: list[Update] = []

        def hear(count: int, within: timedelta) -> list[Update]:
            deadline = time.monotonic() + within.total_seconds()
            while len(heard) < count and woken.wait(max(0.0, deadline - time.monotonic())):
                woken.clear()
                heard.extend(each for each in subscription.take() if each != RESYNC)
            return heard

        yield hear


def an_update(number: int) -> Update:
    """Something that happened."""
    at = datetime(2030, 1, 7, tzinfo=UTC)
    return Update(name="SomethingHappened", subject=str(number), at=at, data={"number": number})


def between(clock: Clock, first: float, last: float) -> Period:
    """Hours from now on."""
    now = clock.now().replace(microsecond=0)
    return Period.between(now + timedelta(hours=first), now + timedelta(hours=last))


def held(
    session: str, clock: Clock, hours: tuple[float, float], ttl: timedelta = timedelta(minutes=10)
) -> HoldHint:
    """A hold of the hall."""
    until: datetime = clock.now() + ttl
    taken = (("hall", between(clock, *hours)),)
    return HoldHint(session=session, claim=ClaimId(IDS.new()), taken=taken, expires_at=until)
