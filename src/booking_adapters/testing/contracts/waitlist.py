"""The contract of Waitlist: one line, in the order in which people joined it, and stirs that are never lost."""

from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.testing.contracts.scene import NOW, WHOLE_DAY, Scene, hour, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ServiceId, WaitlistEntryId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.waitlist.entry import WaitlistEntry

ADA = Customer(name="Ada", email="ada@example.com", phone="+49 30 1")


def an_entry(scene: Scene, period: Period, *, at: datetime = NOW, **facts: Any) -> WaitlistEntry:
    """Somebody who joins now."""
    plain: dict[str, Any] = {"is_window": False, "stay": None, "quantity": 1, "party": Party(), "chosen": ()}
    return WaitlistEntry(
        id=WaitlistEntryId(scene.ids.new()),
        service=scene.service().id,
        period=period,
        token_hash="0" * 64,
        joined_at=at,
        **{**plain, "customer": ADA, **facts},
    )


class WaitlistContract(StorageContract):
    """Finding, order, stirring, and compare-and-set."""

    def join(self, scene: Scene, entry: WaitlistEntry) -> WaitlistEntry:
        """Join the line as somebody who has been looked at already: nothing is due of them."""
        with scene.begin() as tx:
            tx.waitlist.save(attrs.evolve(entry.join(), state=entry))
        return entry

    def save(self, scene: Scene, change: Change[WaitlistEntry, WaitlistEntry]) -> WaitlistEntry:
        """Write a change of an entry."""
        with scene.begin() as tx:
            tx.waitlist.save(change)
        return change.state

    def stored(self, scene: Scene, entry: WaitlistEntry) -> WaitlistEntry:
        """The entry as it is stored."""
        with scene.reading() as tx:
            return tx.waitlist.get(entry.id)

    def due(self, scene: Scene, at: datetime = NOW, limit: int = 10) -> list[WaitlistEntry]:
        """What is due."""
        with scene.reading() as tx:
            return list(tx.waitlist.due(at, limit))

    def test_every_field_survives(self, scene: Scene) -> None:
        entry = an_entry(
            scene,
            hours(15, 59),
            is_window=True,
            stay=Stay.of_nights(hour(0).date(), 2),
            quantity=3,
            party=Party(2, (7, 0)),
            chosen=(("room", scene.resource("room").id),),
        )
        self.join(scene, entry)
        assert self.stored(scene, entry) == entry
        hold = scene.hold("room", hours(10, 11), ttl=timedelta(hours=3))
        offered = self.save(scene, entry.make_offer(hold, NOW))
        assert self.stored(scene, entry) == offered

    def test_who_does_not_wait_is_not_found(self, scene: Scene) -> None:
        with pytest.raises(NotFound), scene.reading() as tx:
            tx.waitlist.get(WaitlistEntryId(scene.ids.new()))

    def test_the_line_is_in_the_order_of_joining(self, scene: Scene) -> None:
        later = self.join(scene, an_entry(scene, hours(10, 11), at=hour(6.5)))
        first = self.join(scene, an_entry(scene, hours(10.5, 12), at=hour(6)))
        self.join(scene, an_entry(scene, hours(11, 12)))
        gone = self.join(scene, an_entry(scene, hours(10, 11)))
        self.save(scene, gone.leave(NOW))
        with scene.reading() as tx:
            assert list(tx.waitlist.in_line(hours(10, 11), 10)) == [first, later]
            assert list(tx.waitlist.in_line(hours(10, 11), 1)) == [first]

    def test_a_line_may_be_that_of_one_service(self, scene: Scene) -> None:
        here = self.join(scene, an_entry(scene, hours(10, 11)))
        self.join(scene, attrs.evolve(an_entry(scene, hours(10, 11)), service=ServiceId(scene.ids.new())))
        with scene.reading() as tx:
            assert list(tx.waitlist.in_line(hours(10, 11), 10, here.service)) == [here]
            assert not tx.waitlist.in_line(hours(11, 12), 10, here.service)

    def test_a_customers_entries_are_found_while_they_are_in_line(self, scene: Scene) -> None:
        waits = self.join(scene, an_entry(scene, hours(10, 11)))
        gone = self.join(scene, an_entry(scene, hours(12, 13)))
        self.save(scene, gone.leave(NOW))
        self.join(scene, an_entry(scene, hours(10, 11), customer=Customer(name="Bob", phone="1")))
        with scene.reading() as tx:
            assert list(tx.waitlist.in_line_of(ADA.key)) == [waits]

    def test_only_those_who_wait_for_what_overlaps_are_stirred(self, scene: Scene) -> None:
        inside = self.join(scene, an_entry(scene, hours(10, 11)))
        self.join(scene, an_entry(scene, hours(11, 12)))
        gone = self.join(scene, an_entry(scene, hours(10, 11)))
        self.save(scene, gone.leave(NOW))
        with scene.begin() as tx:
            assert tx.waitlist.stir(hours(9, 11)) == 1
        assert [each.id for each in self.due(scene)] == [inside.id]

    def test_what_is_stirred_while_it_is_looked_at_stays_due(self, scene: Scene) -> None:
        self.join(scene, an_entry(scene, hours(10, 11)))
        with scene.begin() as tx:
            tx.waitlist.stir(WHOLE_DAY)
        (seen,) = self.due(scene)
        with scene.begin() as tx:
            tx.waitlist.stir(WHOLE_DAY)
        self.save(scene, seen.was_looked_at())
        (again,) = self.due(scene)
        assert (again.stirs, again.looked) == (2, 1)
        self.save(scene, again.was_looked_at())
        assert self.due(scene) == []

    def test_what_is_due_comes_in_the_order_of_the_line(self, scene: Scene) -> None:
        hold = scene.hold("room", hours(10, 11), ttl=timedelta(minutes=30))
        stirred = self.join(scene, an_entry(scene, hours(14, 15), at=hour(6.2)))
        lapses = self.join(scene, an_entry(scene, hours(10, 11), at=hour(6.1)))
        begins = self.join(scene, an_entry(scene, hours(7, 8), at=hour(6)))
        window = self.join(scene, an_entry(scene, hours(7, 9), is_window=True))
        self.save(scene, lapses.make_offer(hold, NOW))
        with scene.begin() as tx:
            tx.waitlist.stir(hours(14, 15))
        assert [each.id for each in self.due(scene)] == [stirred.id]
        assert [each.id for each in self.due(scene, hour(7))] == [begins.id, lapses.id, stirred.id]
        assert [each.id for each in self.due(scene, hour(7), limit=2)] == [begins.id, lapses.id]
        assert window.id in {each.id for each in self.due(scene, hour(9))}

    def test_a_change_of_what_was_changed_meanwhile_is_stale(self, scene: Scene) -> None:
        entry = self.join(scene, an_entry(scene, hours(10, 11)))
        late = entry.expire(NOW)
        left = self.save(scene, entry.leave(NOW))
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.waitlist.save(late)
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.waitlist.save(attrs.evolve(entry, looked=0).join())
        assert self.stored(scene, entry) == left

    def test_what_is_rolled_back_did_not_happen(self, scene: Scene) -> None:
        entry = self.join(scene, an_entry(scene, hours(10, 11)))
        thrown = RuntimeError("in the middle")
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.waitlist.stir(WHOLE_DAY)
            tx.waitlist.save(entry.leave(NOW))
            raise thrown
        assert self.stored(scene, entry) == entry
