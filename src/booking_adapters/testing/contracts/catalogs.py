"""The contract of Catalogs: what is saved is what is sold, one version after the other."""

from datetime import date, datetime, timedelta

import attrs
import pytest

from booking_adapters.testing.builders import Business, weekly_hours
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, a_scene_business, hour, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Opening, RuleSetting, Trade
from booking_core.domain.catalog.resource import Unit
from booking_core.domain.catalog.schedule import Window
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.ids import UnitId


class CatalogsContract(StorageContract):
    """Loading, compare-and-set by version, and lanes that may not be lost."""

    def test_a_tenant_without_a_catalog_is_not_found(self, store: Storage) -> None:
        with pytest.raises(NotFound), Scene.unsaved(store).reading() as tx:
            tx.catalogs.load()

    def test_every_field_survives(self, store: Storage) -> None:
        scene = Scene.fresh(store, everything())
        with scene.reading() as tx:
            loaded = tx.catalogs.load()
        assert parts(loaded) == parts(scene.business.catalog)

    def test_the_next_version_replaces_the_last(self, scene: Scene) -> None:
        changed = scene.business.revised().changing("room", name="The blue room").with_any("hall", "garden")
        save(scene, changed)
        with scene.reading() as tx:
            assert parts(tx.catalogs.load()) == parts(changed.catalog)

    @pytest.mark.parametrize("version", [1, 3])
    def test_any_other_version_is_stale(self, scene: Scene, version: int) -> None:
        with pytest.raises(StaleVersion):
            save(scene, attrs.evolve(scene.business, version=version))
        with scene.reading() as tx:
            assert tx.catalogs.load().version == 1

    def test_a_new_tenant_begins_with_version_1(self, store: Storage) -> None:
        unsaved = Scene.unsaved(store)
        with pytest.raises(StaleVersion):
            save(unsaved, unsaved.business.revised())

    def test_one_of_many_who_save_the_same_version_wins(self, scene: Scene) -> None:
        names = [f"Room {number}" for number in range(6)]
        versions = [scene.business.revised().changing("room", name=name) for name in names]
        outcomes = all_at_once(*[lambda each=each: save(scene, each) for each in versions])
        lost = [outcome for outcome in outcomes if outcome is not None]
        assert len(lost) == len(names) - 1
        assert all(isinstance(each, Conflict) for each in lost), lost
        winner = versions[outcomes.index(None)]
        with scene.reading() as tx:
            assert parts(tx.catalogs.load()) == parts(winner.catalog)

    def test_lanes_that_are_taken_cannot_be_lost(self, scene: Scene) -> None:
        scene.reserve("pool", hours(10, 11), lanes=(3,))
        with pytest.raises(Conflict):
            save(scene, scene.business.revised().changing("pool", capacity=2))
        with scene.reading() as tx:
            assert tx.catalogs.load().resource("pool").capacity == 4
        save(scene, scene.business.revised().changing("pool", capacity=2, allowance=1))

    def test_a_resource_with_taken_lanes_cannot_go(self, scene: Scene) -> None:
        hold = scene.hold("hall", hours(10, 11))
        leaving = scene.business.revised().without("hall")
        with pytest.raises(Conflict):
            save(scene, leaving)
        with scene.begin() as tx:
            tx.holds.save(hold.release(NOW))
        save(scene, leaving)

    def test_lanes_of_what_is_over_or_has_lapsed_may_be_lost(self, scene: Scene) -> None:
        scene.reserve("pool", hours(10, 11), lanes=(3,))
        scene.hold("pool", hours(14, 15), lanes=(4,))
        scene.close("hall", hours(8, 11))
        fewer = scene.business.revised().changing("pool", capacity=2).without("hall")
        with pytest.raises(Conflict):
            save(scene, fewer, hour(10.9))
        save(scene, fewer, hour(11))

    def test_a_resource_whose_bookings_were_cancelled_may_go(self, scene: Scene) -> None:
        booked = scene.update(scene.reserve("hall", hours(10, 11)).cancel(NOW))
        save(scene, scene.business.revised().without("hall"))
        assert scene.found(booked.id) == booked

    def test_a_business_is_found_under_its_new_key_alone(self, store: Storage, scene: Scene) -> None:
        old = scene.business.tenant
        renamed = attrs.evolve(scene.business.revised(), tenant=attrs.evolve(old, key=f"{old.key}-new"))
        save(scene, renamed)
        assert store.by_key(f"{old.key}-new") == scene.tenant
        with pytest.raises(NotFound):
            store.by_key(old.key)
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.catalogs.save(attrs.evolve(scene.business, version=3).catalog, NOW)
            raise RuntimeError
        assert store.by_key(f"{old.key}-new") == scene.tenant

    def test_no_two_tenants_have_the_same_key(self, store: Storage, scene: Scene) -> None:
        other = Scene.unsaved(store)
        taken = attrs.evolve(other.business.tenant, key=scene.business.tenant.key)
        with pytest.raises(Conflict):
            save(other, attrs.evolve(other.business, tenant=taken))
        assert store.by_key(taken.key) == scene.tenant
        with pytest.raises(NotFound), other.reading() as tx:
            tx.catalogs.load()


def save(scene: Scene, business: Business, at: datetime = NOW) -> None:
    """Save a business as the scene's tenant."""
    with scene.begin() as tx:
        tx.catalogs.save(business.catalog, at)


def parts(catalog: Catalog) -> tuple[object, ...]:
    """All of a catalog that must survive (the catalog itself compares by identity)."""
    return (catalog.tenant, catalog.version, catalog.venues, catalog.resources, catalog.services)


def everything() -> Business:
    """A business with something unusual in every field."""
    exceptions = {
        "overrides": {date(2030, 12, 24): (Window.of("09:00", "12:00"),), date(2030, 12, 31): ()},
        "closed_dates": [date(2030, 1, 1)],
        "keeps_holidays": True,
    }
    schedule = weekly_hours("MO-FR 09:00-12:00 13:00-17:00; FR 22:00-02:00", **exceptions)
    place = a_scene_business().in_zone("Australia/Lord_Howe")
    venue = attrs.evolve(place.venue, holidays="DE-BY", check_in=16 * 60 + 30, check_out=10 * 60)
    rooms = (Unit(id=UnitId(place.venue.id), key="101", name="Zimmer 101 “Süd”"),)
    place = attrs.evolve(place, venue=venue).with_any(
        "staff", "anna", hours=schedule, since=NOW, largest_party=3, allowance=2, capacity=2, units=rooms
    )
    place = place.offering(
        "visit",
        "staff",
        "hall",
        minutes=45,
        every=15,
        before=10,
        after=5,
        one_of=frozenset({"hall"}),
        rules=(RuleSetting.of("stop_sell", weekdays=["SA", "SU"]), RuleSetting.of("places", maximum=3)),
        hold_ttl=timedelta(seconds=90),
        needs_approval=True,
        completes_unattended=True,
        pending_ttl=timedelta(hours=1),
    )
    place = place.offering("car", "pool", trade=Trade.RENTAL, opening=Opening.ENDS)
    return place.offering("night", "pool", trade=Trade.STAY)
