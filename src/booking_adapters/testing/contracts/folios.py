"""The contract of Folios: entries are added, never lost, never doubled."""

from datetime import timedelta

import pytest

from booking_adapters.testing.contracts.quotes import a_quote
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract, Written
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import Period
from booking_core.domain.pricing import Base, Levy, Percent
from booking_core.domain.reservations.extra import Extra
from booking_core.domain.reservations.folio import Folio

LATER = NOW + timedelta(hours=1)
MINIBAR = Extra(
    code="MINIBAR",
    text="Minibar",
    price=Money(1_250, "USD"),
    levies=(Levy.tax("sales-tax", Percent(Percentage.of(7), Base.AFTER_DISCOUNT), included=True),),
)


def opened(scene: Scene, period: Period) -> Folio:
    """The folio of a new reservation, charged with its price."""
    booked = scene.reserve("room", period)
    return save(scene, Folio.open(booked.id, a_quote(period).lines, "USD", NOW))


def save(scene: Scene, change: Change[Folio, Folio | None]) -> Folio:
    """Save, and return the folio."""
    with scene.begin() as tx:
        tx.folios.save(change)
    return change.state


def received(scene: Scene, folio: Folio, minor: int, intent: IntentId | None = None) -> Change[Folio, Folio]:
    """Money that was captured."""
    payment, moved = PaymentId(scene.ids.new()), intent or IntentId(scene.ids.new())
    return folio.receive(Money(minor, "USD"), payment=payment, intent=moved, at=LATER, is_deposit=True)


def stored(scene: Scene, folio: Folio) -> Folio:
    """The folio as it is stored."""
    with scene.reading() as tx:
        return tx.folios.get(folio.reservation)


class FoliosContract(StorageContract):
    """Opening, adding, freezing. Needs the fixtures `audit` and `outbox`, as the EventsContract does."""

    def test_every_field_survives(self, scene: Scene) -> None:
        folio = opened(scene, hours(10, 11))
        assert stored(scene, folio) == folio
        paid = save(scene, received(scene, folio, 5_000))
        frozen = save(scene, paid.freeze(LATER))
        assert stored(scene, folio) == frozen
        assert frozen.balance == folio.balance - Money(5_000, "USD")

    def test_an_extra_with_an_included_tax_survives(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        folio = save(scene, Folio.open(booked.id, (), "USD", NOW))
        assert stored(scene, folio) == folio
        here = scene.update(booked.check_in(hours(10, 11).start))
        charged = save(scene, folio.charge(MINIBAR, here, LATER))
        assert stored(scene, folio) == charged
        assert any(entry.included for entry in charged.entries)

    def test_a_reservation_without_a_folio(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        with scene.reading() as tx:
            assert tx.folios.find(booked.id) is None
            with pytest.raises(NotFound):
                tx.folios.get(booked.id)

    def test_a_folio_of_nothing_is_refused(self, scene: Scene) -> None:
        with pytest.raises(Conflict):
            save(scene, Folio.open(ClaimId(scene.ids.new()), (), "USD", NOW))

    def test_of_two_changes_of_one_state_the_second_is_refused(self, scene: Scene) -> None:
        folio = opened(scene, hours(10, 11))
        first = save(scene, received(scene, folio, 1_000))
        with pytest.raises(StaleVersion):
            save(scene, received(scene, folio, 2_000))
        with pytest.raises(StaleVersion):
            save(scene, Folio.open(folio.reservation, (), "USD", NOW))
        assert stored(scene, folio) == first

    def test_money_moves_into_one_folio_once(self, scene: Scene) -> None:
        one, other = opened(scene, hours(10, 11)), opened(scene, hours(12, 13))
        moved = IntentId(scene.ids.new())
        save(scene, received(scene, one, 1_000, moved))
        with pytest.raises(Conflict):
            save(scene, received(scene, other, 1_000, moved))
        assert stored(scene, other) == other

    def test_what_was_rolled_back_is_not_there(self, scene: Scene) -> None:
        folio = opened(scene, hours(10, 11))
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.folios.save(received(scene, folio, 1_000))
            raise RuntimeError
        assert stored(scene, folio) == folio

    def test_tenants_have_folios_of_their_own(self, store: Storage, scene: Scene) -> None:
        folio, neighbour = opened(scene, hours(10, 11)), Scene.fresh(store)
        with neighbour.reading() as tx:
            assert tx.folios.find(folio.reservation) is None
        with pytest.raises(Conflict):
            save(neighbour, folio.freeze(LATER))

    def test_every_change_is_told(self, scene: Scene, audit: Written, outbox: Written) -> None:
        folio = opened(scene, hours(10, 11))
        with scene.begin(Actor(kind="staff", name="eve")) as tx:
            tx.folios.save(folio.freeze(LATER))
        assert list(audit(scene.tenant))[-2:] == [("FolioOpened", ""), ("FolioFrozen", "eve")]
        assert [name for name, _ in outbox(scene.tenant)][-2:] == ["FolioOpened", "FolioFrozen"]
