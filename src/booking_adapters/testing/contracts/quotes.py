"""The contract of Quotes: prices given are kept as they were, and uses of promotion codes are counted."""

from datetime import datetime, timedelta

import attrs
import pytest

from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import QuoteId
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import Period
from booking_core.domain.pricing import (
    Base,
    Levy,
    Percent,
    PriceRequest,
    Promotion,
    Quote,
    RateCalendar,
    ServicePrice,
    Tariff,
    price,
)
from booking_core.domain.reservations.cancellation import CancellationPolicy
from booking_core.domain.reservations.reservation import Reservation


def a_quote(period: Period, *codes: str, at: datetime = NOW) -> Quote:
    """The price of a period at 50 dollars and 7 % tax, under promotion codes."""
    off = Percentage.of(10)
    tariff = Tariff(
        code="ROOM",
        rate=ServicePrice(calendar=RateCalendar.flat(Money(5_000, "USD"))),
        promotions=tuple(Promotion(code=code, discount=off, stackable=True) for code in codes),
        levies=(Levy.tax("sales-tax", Percent(Percentage.of(7), Base.AFTER_DISCOUNT)),),
        policy=CancellationPolicy.flexible("flexible-24"),
    )
    return price(PriceRequest(span=period, begins_on=period.start.date(), codes=codes), tariff, at)


class QuotesContract(StorageContract):
    """Keeping, finding, counting, forgetting."""

    def test_a_quote_is_found_as_it_was_given(self, scene: Scene) -> None:
        quote, given = a_quote(hours(10, 11), "SPRING"), QuoteId(scene.ids.new())
        with scene.begin() as tx:
            tx.quotes.keep(given, quote)
        with scene.reading() as tx:
            assert tx.quotes.find(given) == quote
            assert tx.quotes.find(QuoteId(scene.ids.new())) is None

    def test_a_quote_that_was_not_committed_is_not_kept(self, scene: Scene) -> None:
        given = QuoteId(scene.ids.new())

        def fail() -> None:
            raise KeyError

        with pytest.raises(KeyError), scene.begin() as tx:
            tx.quotes.keep(given, a_quote(hours(10, 11)))
            fail()
        with scene.reading() as tx:
            assert tx.quotes.find(given) is None

    def test_a_reservation_keeps_its_quote(self, scene: Scene) -> None:
        booked = book(scene, hours(10, 11), "SPRING")
        with scene.reading() as tx:
            assert tx.reservations.get(booked.id) == booked
            assert tx.reservations.get(booked.id).quote == a_quote(hours(10, 11), "SPRING")

    def test_uses_of_a_code_are_counted_whatever_its_letters(self, scene: Scene) -> None:
        first = book(scene, hours(10, 11), "SPRING")
        book(scene, hours(11, 12), "Spring", "VIP")
        with scene.reading() as tx:
            assert tx.quotes.uses_of(["spring", "VIP", "none"], NOW) == {"spring": 2, "VIP": 1, "none": 0}
            assert tx.quotes.uses_of(["SPRING"], NOW, without=first.id) == {"SPRING": 1}
            assert tx.quotes.uses_of([], NOW) == {}

    def test_a_cancelled_reservation_gives_its_use_back(self, scene: Scene) -> None:
        booked = book(scene, hours(10, 11), "SPRING")
        with scene.begin() as tx:
            tx.reservations.save(booked.cancel(NOW))
        with scene.reading() as tx:
            assert tx.quotes.uses_of(["SPRING"], NOW) == {"SPRING": 0}

    def test_a_pending_reservation_uses_its_code_until_it_expires(self, scene: Scene) -> None:
        pending = book(scene, hours(10, 11), "SPRING", needs_approval=True)
        expiry = pending.expires_at
        assert expiry is not None
        with scene.reading() as tx:
            assert tx.quotes.uses_of(["SPRING"], expiry - timedelta(seconds=1)) == {"SPRING": 1}
            assert tx.quotes.uses_of(["SPRING"], expiry) == {"SPRING": 0}

    def test_expired_quotes_are_forgotten_the_oldest_first(self, scene: Scene) -> None:
        late = NOW + timedelta(hours=1)
        ids = [QuoteId(scene.ids.new()) for _ in range(3)]
        with scene.begin() as tx:
            for number, given in enumerate(ids):
                tx.quotes.keep(given, a_quote(hours(10, 11), at=NOW + timedelta(minutes=20 * number)))
        with scene.begin() as tx:
            assert tx.quotes.forget_expired(late, limit=1) == 1
        with scene.begin() as tx:
            assert tx.quotes.find(ids[0]) is None
            assert tx.quotes.forget_expired(late, limit=5) == 1
        with scene.reading() as tx:
            assert tx.quotes.find(ids[1]) is None
            assert tx.quotes.find(ids[2]) is not None


def book(scene: Scene, period: Period, *codes: str, needs_approval: bool = False) -> Reservation:
    """A reservation at the price of a quote."""
    plain = scene.a_reservation("room", period, needs_approval=needs_approval)
    priced = Change(attrs.evolve(plain.state, quote=a_quote(period, *codes)), plain.events, plain.before)
    with scene.begin() as tx:
        tx.reservations.save(priced)
    return priced.state
