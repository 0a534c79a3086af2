"""The contract of ChannelListings: what channels sell of ours, and which dates of it are owed to them."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.channels.dates import Dates
from booking_core.domain.channels.listing import Listing
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ListingId, ServiceId
from booking_core.ports.queues import Standing

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=2)
TODAY = NOW.date()


def a_listing(
    scene: Scene, code: str = "DBL", *, channel: str = "ota", minutes: int = 0
) -> Change[Listing, None]:
    """The decision that a channel sells the room, due so many minutes from now."""
    return Listing.offer(
        id=ListingId(scene.ids.new()),
        channel=channel,
        service=ServiceId(UUID(int=5)),
        resource=scene.resource("room").id,
        code=code,
        days=60,
        adults=3,
        rate_plan="AAA",
        today=TODAY,
        at=NOW + timedelta(minutes=minutes),
    )


def listed(scene: Scene, code: str = "DBL", *, minutes: int = 0) -> Listing:
    """A stored listing."""
    change = a_listing(scene, code, minutes=minutes)
    saved(scene, change)
    return change.state


def saved(scene: Scene, *changes: Change[Listing, Listing | None] | Change[None, Listing]) -> None:
    """Write decisions, in one transaction."""
    with scene.begin() as tx:
        for each in changes:
            tx.channels.listings.save(each)


def taken(scene: Scene, limit: int, *, hours_late: int = 0) -> list[Listing]:
    """What a worker takes."""
    at = NOW + hours_late * HOUR
    with scene.begin() as tx:
        leases = [each.lease(at, LEASE, TODAY) for each in tx.channels.listings.due(at, limit)]
        for lease in leases:
            tx.channels.listings.save(lease)
    return [lease.state for lease in leases]


def dead(scene: Scene, code: str = "DBL") -> Listing:
    """A stored listing that was given up."""
    new = listed(scene, code)
    lease = new.lease(NOW, LEASE, TODAY)
    failed = lease.state.fail("no such listing", NOW, for_good=True)
    saved(scene, lease, failed)
    return failed.state


class ChannelListingsContract(StorageContract):
    """Keeping listings, and taking those that are due."""

    def test_every_field_survives(self, scene: Scene) -> None:
        new = listed(scene)
        lease = new.lease(NOW, LEASE, TODAY)
        told = lease.state.told(NOW, [Dates.of_days(TODAY, 2)], "too cheap")
        again = told.state.lease(NOW, LEASE, TODAY)
        withdrawn = again.state.withdraw(TODAY, NOW)
        saved(scene, lease, told, again, withdrawn)
        with scene.reading() as tx:
            assert tx.channels.listings.get(new.id) == withdrawn.state
            assert list(tx.channels.listings.every()) == [withdrawn.state]

    def test_a_channel_knows_a_code_once(self, scene: Scene) -> None:
        saved(scene, a_listing(scene), a_listing(scene, "SGL"), a_listing(scene, channel="other"))
        with pytest.raises(Conflict):
            saved(scene, a_listing(scene))

    def test_of_two_changes_of_one_state_the_second_is_refused(self, scene: Scene) -> None:
        new = listed(scene)
        saved(scene, new.lease(NOW, LEASE, TODAY))
        with pytest.raises(StaleVersion):
            saved(scene, new.lease(NOW, LEASE, TODAY))

    def test_the_longest_due_are_taken_first_and_once(self, scene: Scene) -> None:
        late, early, future = (listed(scene, f"C{each}", minutes=each) for each in (2, 1, 99))
        (first,) = taken(scene, 1, hours_late=1)
        (second,) = taken(scene, 9, hours_late=1)
        assert (first.id, second.id) == (early.id, late.id)
        assert first.due_at == NOW + HOUR + LEASE
        assert {each.id for each in taken(scene, 9, hours_late=2)} == {early.id, late.id, future.id}

    def test_two_workers_never_have_the_same(self, scene: Scene) -> None:
        every = {listed(scene, f"C{each}").id for each in range(6)}

        def work(times: int) -> list[ListingId]:
            return [each.id for _ in range(times) for each in taken(scene, 2)]

        outcomes = all_at_once(*[partial(work, 6)] * 3)
        found = [each for mine in outcomes if isinstance(mine, list) for each in mine]
        assert sorted(found) == sorted(every), outcomes

    def test_what_is_gone_is_gone(self, scene: Scene) -> None:
        new = listed(scene)
        saved(scene, new.remove())
        with scene.reading() as tx, pytest.raises(NotFound):
            tx.channels.listings.get(new.id)
        with pytest.raises(StaleVersion):
            saved(scene, new.resync(9, TODAY, NOW))

    def test_what_was_given_up_is_a_dead_letter_until_it_is_requeued(self, scene: Scene) -> None:
        stuck = dead(scene)
        assert taken(scene, 9, hours_late=1) == []
        with scene.reading() as tx:
            queue = tx.queues["channel pushes"]
            assert queue.standing(NOW) == Standing(dead=1)
            (letter,) = queue.dead(9)
            assert list(tx.channels.listings.given_up(9)) == [stuck]
        assert (letter.id, letter.what) == (str(stuck.id), "tell ota how DBL stands")
        assert (letter.reason, letter.died_at) == ("no such listing", NOW)
        with scene.begin() as tx:
            assert tx.queues["channel pushes"].requeue(letter.id, NOW + HOUR) == letter
        with scene.reading() as tx:
            queue = tx.queues["channel pushes"]
            assert queue.standing(NOW + HOUR) == Standing(waiting=1, oldest=NOW + HOUR)
            assert list(queue.dead(9)) == []
        for nobody in (letter.id, "x", str(UUID(int=0))):
            with pytest.raises(NotFound), scene.begin() as tx:
                tx.queues["channel pushes"].requeue(nobody, NOW)

    def test_the_latest_dead_letter_is_the_first(self, scene: Scene) -> None:
        earlier, later = dead(scene, "A"), dead(scene, "B")
        retried = later.requeue(NOW + HOUR)
        again = retried.state.lease(NOW + HOUR, LEASE, TODAY)
        saved(scene, retried, again, again.state.fail("still not", NOW + HOUR, for_good=True))
        with scene.reading() as tx:
            assert [each.id for each in tx.queues["channel pushes"].dead(9)] == [
                str(later.id),
                str(earlier.id),
            ]
            assert tx.queues["channel pushes"].forget(NOW + 9 * HOUR, 9) == 0

    def test_tenants_are_told_apart(self, store: Storage, scene: Scene) -> None:
        neighbour = Scene.fresh(store)
        for each in (scene, neighbour):
            listed(each)
        assert len(taken(neighbour, 9)) == len(taken(scene, 9)) == 1
