"""The contract of CalendarLinks: feeds, subscriptions, and entries owed to calendars outside."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import attrs
import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.calendars.feed import Detail, Feed, FeedKind, token_hash
from booking_core.domain.calendars.push import Push, PushTarget
from booking_core.domain.calendars.subscription import MOST_FAILURES, Seen, Subscription
from booking_core.domain.channels.rental import RentalCalendar, SoldNights
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, FeedId, PushId, SubscriptionId, TargetId
from booking_core.domain.kernel.period import Stay
from booking_core.ports.queues import Standing

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=2)
TOKEN = "an-example-of-a-token-that-is-long-enough"  # noqa: S105 - an example


def a_feed(scene: Scene, token: str = TOKEN) -> Change[Feed, None]:
    """The decision to open a feed of the room."""
    return Feed.open(
        id=FeedId(scene.ids.new()),
        kind=FeedKind.RESOURCE,
        subject=scene.resource("room").id,
        name="Room",
        detail=Detail.SERVICES,
        token=token,
        at=NOW,
    )


def a_subscription(scene: Scene, *, minutes: int = 0) -> Change[Subscription, None]:
    """The decision to read a calendar for the room, due so many minutes from now."""
    return Subscription.subscribe(
        id=SubscriptionId(scene.ids.new()),
        resource=scene.resource("room").id,
        name="Elsewhere",
        url="https://calendar.example/secret.ics",
        interval=HOUR,
        at=NOW + timedelta(minutes=minutes),
    )


def a_target(scene: Scene, *, account: str = "clara", resource: str = "room") -> Change[PushTarget, None]:
    """The decision to write the bookings of a resource into a calendar."""
    return PushTarget.link(
        id=TargetId(scene.ids.new()),
        resource=scene.resource(resource).id,
        account=account,
        detail=Detail.CUSTOMERS,
        at=NOW,
    )


def subscribed(scene: Scene, *, minutes: int = 0) -> Subscription:
    """A stored subscription."""
    change = a_subscription(scene, minutes=minutes)
    with scene.begin() as tx:
        tx.calendar_links.subscriptions.save(change)
    return change.state


def linked(scene: Scene, **facts: str) -> PushTarget:
    """A stored target."""
    change = a_target(scene, **facts)
    with scene.begin() as tx:
        tx.calendar_links.targets.save(change)
    return change.state


def owed(scene: Scene, target: PushTarget, reservation: int = 1, *, minutes: int = 0) -> Push:
    """A stored push, due so many minutes from now."""
    change = Push.owe(
        id=PushId(scene.ids.new()),
        target=target.id,
        reservation=ClaimId(UUID(int=reservation)),
        wanted=1,
        at=NOW + timedelta(minutes=minutes),
    )
    with scene.begin() as tx:
        tx.calendar_links.pushes.save(change)
    return change.state


class FeedsContract(StorageContract):
    """Opening feeds, and finding them by what is kept of their tokens."""

    def test_a_feed_is_found_by_the_hash_of_its_token(self, scene: Scene) -> None:
        change = a_feed(scene)
        with scene.begin() as tx:
            tx.calendar_links.feeds.save(change)
        with scene.reading() as tx:
            feeds = tx.calendar_links.feeds
            assert feeds.find(token_hash(TOKEN)) == feeds.get(change.state.id) == change.state
            assert feeds.find(token_hash("another token")) is None
            assert list(feeds.every()) == [change.state]

    def test_every_field_survives(self, scene: Scene) -> None:
        opened = a_feed(scene)
        shown = opened.state.showing("a digest", NOW)
        assert shown is not None
        with scene.begin() as tx:
            tx.calendar_links.feeds.save(opened)
            tx.calendar_links.feeds.save(shown)
        with scene.reading() as tx:
            assert tx.calendar_links.feeds.get(opened.state.id) == shown.state

    def test_a_rotated_feed_has_another_token_and_a_revoked_one_is_gone(self, scene: Scene) -> None:
        opened = a_feed(scene)
        rotated = opened.state.rotate(f"{TOKEN}-2", NOW)
        with scene.begin() as tx:
            tx.calendar_links.feeds.save(opened)
            tx.calendar_links.feeds.save(rotated)
        with scene.reading() as tx:
            assert tx.calendar_links.feeds.find(token_hash(TOKEN)) is None
            assert tx.calendar_links.feeds.find(token_hash(f"{TOKEN}-2")) == rotated.state
        with scene.begin() as tx:
            tx.calendar_links.feeds.save(rotated.state.revoke(NOW))
        with scene.reading() as tx, pytest.raises(NotFound):
            tx.calendar_links.feeds.get(opened.state.id)

    def test_a_token_opens_one_feed(self, scene: Scene) -> None:
        with scene.begin() as tx:
            tx.calendar_links.feeds.save(a_feed(scene))
        with pytest.raises(Conflict), scene.begin() as tx:
            tx.calendar_links.feeds.save(a_feed(scene))

    def test_of_two_changes_of_one_state_the_second_is_refused(self, scene: Scene) -> None:
        opened = a_feed(scene)
        with scene.begin() as tx:
            tx.calendar_links.feeds.save(opened)
            tx.calendar_links.feeds.save(opened.state.rotate(f"{TOKEN}-2", NOW))
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.calendar_links.feeds.save(opened.state.revoke(NOW))

    def test_tenants_are_told_apart(self, store: Storage, scene: Scene) -> None:
        neighbour = Scene.fresh(store)
        for each in (scene, neighbour):
            with each.begin() as tx:
                tx.calendar_links.feeds.save(a_feed(each))
        with neighbour.reading() as tx:
            assert len(tx.calendar_links.feeds.every()) == 1


class SubscriptionsContract(StorageContract):
    """Keeping subscriptions, and taking those that are due."""

    def test_one_that_was_given_up_is_a_dead_letter_until_it_is_requeued(self, scene: Scene) -> None:
        change = a_subscription(scene)
        failing = attrs.evolve(change.state, failures=MOST_FAILURES - 2)
        with scene.begin() as tx:
            tx.calendar_links.subscriptions.save(attrs.evolve(change, state=failing))
        last = failing.fail("unreachable", NOW)
        with scene.begin() as tx:
            tx.calendar_links.subscriptions.save(last)
        with scene.reading() as tx:
            queue = tx.queues["calendar subscriptions"]
            assert (queue.standing(NOW).failing, list(queue.dead(9))) == (1, [])
        with scene.begin() as tx:
            tx.calendar_links.subscriptions.save(last.state.fail("still unreachable", NOW))
        with scene.begin() as tx:
            queue = tx.queues["calendar subscriptions"]
            (letter,) = queue.dead(9)
            assert (letter.id, letter.reason) == (str(failing.id), "still unreachable")
            assert queue.standing(NOW) == Standing(dead=1)
            assert queue.requeue(letter.id, NOW + HOUR) == letter
        with scene.begin() as tx:
            assert tx.queues["calendar subscriptions"].dead(9) == []
            assert len(tx.calendar_links.subscriptions.lease(NOW + HOUR, 9, LEASE)) == 1
        with pytest.raises(NotFound), scene.begin() as tx:
            tx.queues["calendar subscriptions"].requeue(letter.id, NOW)

    def test_every_field_survives(self, scene: Scene) -> None:
        new = subscribed(scene)
        read = new.read(Seen(etag='"1"', last_modified="Mon", digest="d"), NOW)
        failed = read.state.fail("it is down", NOW)
        with scene.begin() as tx:
            tx.calendar_links.subscriptions.save(read)
            tx.calendar_links.subscriptions.save(failed)
        with scene.reading() as tx:
            assert tx.calendar_links.subscriptions.get(new.id) == failed.state
            assert list(tx.calendar_links.subscriptions.every()) == [failed.state]

    def test_what_a_site_has_sold_survives(self, scene: Scene) -> None:
        rental = RentalCalendar.of(name="site", service="room", unit="room")
        nights = Stay.of_nights(NOW.date() + timedelta(days=2), 3)
        told = [SoldNights(uid="Zürich@site", stay=nights)]
        sold = rental.read(told, today=NOW.date(), revision=7).calendar
        new = attrs.evolve(a_subscription(scene).state, rental=rental)
        changes = [Change(new, (), None), new.read(Seen(), NOW, sold)]
        last = changes[-1].state.imported([each.message for each in sold.owed()])
        assert last is not None
        for change in (*changes, last):
            with scene.begin() as tx:
                tx.calendar_links.subscriptions.save(change)
            with scene.reading() as tx:
                assert tx.calendar_links.subscriptions.get(new.id) == change.state

    def test_the_longest_due_are_taken_first_and_once(self, scene: Scene) -> None:
        late, early, future = (subscribed(scene, minutes=each) for each in (2, 1, 99))
        at = NOW + timedelta(minutes=5)
        with scene.begin() as tx:
            (first,) = tx.calendar_links.subscriptions.lease(at, 1, LEASE)
        with scene.begin() as tx:
            (second,) = tx.calendar_links.subscriptions.lease(at, 9, LEASE)
        assert (first.id, second.id) == (early.id, late.id)
        assert first.due_at == at + LEASE
        with scene.begin() as tx:
            again = tx.calendar_links.subscriptions.lease(at + LEASE, 9, LEASE)
        assert {each.id for each in again} == {early.id, late.id}
        with scene.reading() as tx:
            assert tx.calendar_links.subscriptions.get(future.id) == future

    def test_what_was_given_up_is_not_taken(self, scene: Scene) -> None:
        new = subscribed(scene)
        with scene.begin() as tx:
            given_up = attrs.evolve(new, due_at=None, version=2)
            tx.calendar_links.subscriptions.save(Change(given_up, (), new))
            assert list(tx.calendar_links.subscriptions.lease(NOW + HOUR, 9, LEASE)) == []

    def test_two_workers_never_have_the_same(self, scene: Scene) -> None:
        every = {subscribed(scene).id for _ in range(6)}

        def work() -> list[SubscriptionId]:
            mine: list[SubscriptionId] = []
            for _ in range(6):
                with scene.begin() as tx:
                    mine += [each.id for each in tx.calendar_links.subscriptions.lease(NOW, 2, LEASE)]
            return mine

        outcomes = all_at_once(*[work] * 3)
        taken = [each for mine in outcomes if isinstance(mine, list) for each in mine]
        assert sorted(taken) == sorted(every), outcomes

    def test_an_ended_one_is_gone(self, scene: Scene) -> None:
        new = subscribed(scene)
        with scene.begin() as tx:
            tx.calendar_links.subscriptions.save(new.end(NOW))
        with scene.reading() as tx, pytest.raises(NotFound):
            tx.calendar_links.subscriptions.get(new.id)
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.calendar_links.subscriptions.save(new.unchanged(NOW))


class PushesContract(StorageContract):
    """Calendars of people's own, and what is owed to them."""

    def test_every_field_survives(self, scene: Scene) -> None:
        target = linked(scene)
        push = owed(scene, target)
        leased = push.lease(NOW, LEASE)
        failed = leased.state.fail("it is down", NOW)
        with scene.begin() as tx:
            tx.calendar_links.pushes.save(leased)
            tx.calendar_links.pushes.save(failed)
        with scene.reading() as tx:
            assert tx.calendar_links.targets.get(target.id) == target
            assert list(tx.calendar_links.targets.every()) == [target]
            assert tx.calendar_links.pushes.get(push.id) == failed.state
            assert list(tx.calendar_links.pushes.of_claim(push.reservation)) == [failed.state]

    def test_a_resource_is_linked_to_an_account_once(self, scene: Scene) -> None:
        linked(scene)
        linked(scene, account="clara-at-home")
        linked(scene, resource="hall")
        with pytest.raises(Conflict):
            linked(scene)

    def test_a_calendar_has_one_entry_of_a_reservation(self, scene: Scene) -> None:
        target = linked(scene)
        owed(scene, target)
        owed(scene, linked(scene, resource="hall"))
        with pytest.raises(Conflict):
            owed(scene, target)

    def test_what_is_owed_goes_with_its_calendar(self, scene: Scene) -> None:
        target, other = linked(scene), linked(scene, resource="hall")
        push, kept = owed(scene, target), owed(scene, other)
        with scene.begin() as tx:
            tx.calendar_links.targets.save(target.unlink(NOW))
        with scene.reading() as tx:
            assert list(tx.calendar_links.pushes.of_claim(push.reservation)) == [kept]
        with pytest.raises(Conflict):
            owed(scene, target, 2)

    def test_the_longest_due_are_taken_first_and_once(self, scene: Scene) -> None:
        target = linked(scene)
        late, early, _ = (
            owed(scene, target, number, minutes=each) for number, each in ((1, 2), (2, 1), (3, 99))
        )
        at = NOW + timedelta(minutes=5)
        with scene.begin() as tx:
            (first,) = tx.calendar_links.pushes.lease(at, 1, LEASE)
        with scene.begin() as tx:
            (second,) = tx.calendar_links.pushes.lease(at, 9, LEASE)
        assert (first.id, second.id) == (early.id, late.id)
        assert (first.attempts, first.due_at) == (1, at + LEASE)

    def test_what_was_given_up_is_listed_and_what_is_done_is_not(self, scene: Scene) -> None:
        target = linked(scene)
        stuck, done = owed(scene, target, 1), owed(scene, target, 2)
        with scene.begin() as tx:
            tx.calendar_links.pushes.save(stuck.fail("refused", NOW, for_good=True))
            tx.calendar_links.pushes.save(done.done(1, '"etag"', NOW))
        with scene.begin() as tx:
            assert [each.id for each in tx.calendar_links.pushes.given_up(9)] == [stuck.id]
            assert list(tx.calendar_links.pushes.lease(NOW + HOUR, 9, LEASE)) == []

    def test_what_was_given_up_is_a_dead_letter_until_it_is_requeued(self, scene: Scene) -> None:
        stuck = owed(scene, linked(scene))
        with scene.begin() as tx:
            tx.calendar_links.pushes.save(stuck.fail("refused", NOW, for_good=True))
        with scene.reading() as tx:
            queue = tx.queues["calendar entries"]
            assert queue.standing(NOW) == Standing(dead=1)
            (letter,) = queue.dead(9)
        assert (letter.id, letter.subject) == (str(stuck.id), str(stuck.reservation))
        assert (letter.reason, letter.died_at) == ("refused", NOW)
        with scene.begin() as tx:
            assert tx.queues["calendar entries"].requeue(letter.id, NOW + HOUR) == letter
        with scene.reading() as tx:
            queue = tx.queues["calendar entries"]
            assert queue.standing(NOW + HOUR) == Standing(waiting=1, oldest=NOW + HOUR)
            assert list(queue.dead(9)) == []
        for nobody in (letter.id, "x", str(UUID(int=0))):
            with pytest.raises(NotFound), scene.begin() as tx:
                tx.queues["calendar entries"].requeue(nobody, NOW)

    def test_two_workers_never_have_the_same(self, scene: Scene) -> None:
        target = linked(scene)
        every = {owed(scene, target, number).id for number in range(6)}

        def work(times: int) -> list[PushId]:
            mine: list[PushId] = []
            for _ in range(times):
                with scene.begin() as tx:
                    mine += [each.id for each in tx.calendar_links.pushes.lease(NOW, 2, LEASE)]
            return mine

        outcomes = all_at_once(*[partial(work, 6)] * 3)
        taken = [each for mine in outcomes if isinstance(mine, list) for each in mine]
        assert sorted(taken) == sorted(every), outcomes

    def test_what_was_rolled_back_did_not_happen(self, scene: Scene) -> None:
        target = linked(scene)
        push = owed(scene, target)
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.calendar_links.targets.save(target.unlink(NOW))
            raise RuntimeError
        with scene.reading() as tx:
            assert tx.calendar_links.targets.get(target.id) == target
            assert tx.calendar_links.pushes.get(push.id) == push
