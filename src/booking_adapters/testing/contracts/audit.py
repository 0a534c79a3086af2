"""The contract of AuditLog: entries in order, and a chain of seals under them."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.audit.seal import Entry, Seal, sealed
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import Actor
from booking_core.ports.audit import UNSEALED, audit_finding
from booking_core.usecases.seal_audit import SealAudit

END = 2**63 - 1


def entries(scene: Scene, after: int = 0, limit: int = 99) -> list[Entry]:
    """What the log says."""
    with scene.reading() as tx:
        return list(tx.audit_log.entries(after, END, limit))


def seals(scene: Scene, after: int = 0, limit: int = 99) -> list[Seal]:
    """The seals under it."""
    with scene.reading() as tx:
        return list(tx.audit_log.seals(after, limit))


def seal(scene: Scene) -> int:
    """What the worker does."""
    return SealAudit(begin=scene.store, clock=FixedClock(NOW))(scene.tenant)


def faults(scene: Scene, later: timedelta = timedelta(0)) -> tuple[str, ...]:
    """What the doctor says."""
    with scene.reading() as tx:
        return audit_finding(tx.audit_log, NOW + later).violations


class AuditLogContract(StorageContract):
    """Entries, seals, and the chain they make."""

    def test_entries_say_what_happened_in_order_and_who_did_it_by_kind(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        with scene.begin(Actor(kind="staff", name="eve", address="192.0.2.7")) as tx:
            tx.reservations.save(booked.cancel(NOW))
        found = entries(scene)
        said = [(each.actor_kind, each.event.name) for each in found[-2:]]
        assert said == [("system", "ReservationConfirmed"), ("staff", "ReservationCancelled")]
        numbers = [each.number for each in found]
        assert numbers == sorted({*numbers})
        assert entries(scene, after=numbers[0], limit=1) == found[1:2]
        with scene.reading() as tx:
            assert tx.audit_log.newest() == numbers[-1]
            assert tx.audit_log.entries(0, numbers[1], 99) == found[:2]

    def test_an_empty_log_has_no_newest_entry_and_nothing_to_seal(self, store: Storage) -> None:
        bare = Scene.unsaved(store)
        with bare.reading() as tx:
            assert (tx.audit_log.newest(), tx.audit_log.last_seal()) == (0, None)
        assert (seal(bare), seals(bare)) == (0, [])

    def test_a_seal_is_read_as_it_was_added_and_its_number_is_taken(self, scene: Scene) -> None:
        first = sealed(None, entries(scene), NOW)
        with scene.begin() as tx:
            tx.audit_log.add(first)
        with scene.reading() as tx:
            assert tx.audit_log.last_seal() == first
        with pytest.raises(Conflict), scene.begin() as tx:
            tx.audit_log.add(attrs.evolve(first, digest="another"))
        assert seals(scene) == [first]
        assert seals(scene, after=1) == []

    def test_each_sealing_goes_on_where_the_last_one_ended(self, scene: Scene) -> None:
        seal(scene)
        seal(scene)
        scene.reserve("room", hours(10, 11))
        seal(scene)
        first, second = seals(scene)
        assert (first.number, second.number) == (1, 2)
        assert first.entries + second.entries == len(entries(scene))
        assert second.last == entries(scene)[-1].number
        assert faults(scene) == ()

    def test_who_seals_at_once_makes_one_chain(self, scene: Scene) -> None:
        outcomes = all_at_once(*[lambda: seal(scene)] * 4)
        assert all(each == 0 or isinstance(each, Conflict) for each in outcomes), outcomes
        assert sum(each.entries for each in seals(scene)) == len(entries(scene))
        assert faults(scene) == ()

    def test_what_waits_too_long_for_its_seal_is_found(self, scene: Scene) -> None:
        assert faults(scene, UNSEALED - timedelta(hours=1)) == ()
        (fault,) = faults(scene, UNSEALED + timedelta(hours=1))
        assert "is not sealed" in fault
        seal(scene)
        assert faults(scene, UNSEALED + timedelta(hours=1)) == ()
