"""The Grand Hotel, where guests pay ahead: what it does, and what its provider has."""

from datetime import UTC, date, datetime
from typing import Any

import attrs

from booking_adapters.testing.builders import grand_hotel
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import Stay
from booking_core.domain.payments.answers import Found
from booking_core.domain.payments.intent import Intent
from booking_core.domain.payments.payment import Payment
from booking_core.domain.pricing import (
    Base,
    Fixed,
    Levy,
    NightlyRate,
    Per,
    Percent,
    RateCalendar,
    RatePlan,
    Tariff,
)
from booking_core.domain.reservations.cancellation import CancellationPolicy
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.alerts import Alert
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cancel import Cancellation, Cancelled
from booking_core.usecases.pay import Paid, PayCommand
from booking_core.usecases.reschedule import RescheduleCommand, Rescheduled
from booking_core.usecases.wanted import Wanted

MARCH_1 = datetime(2024, 3, 1, 12, tzinfo=UTC)
CHECK_IN = datetime(2024, 3, 15, 19, tzinfo=UTC)  # 15:00 on the wall of New York
GUEST, DESK = Actor(kind="guest", name="Ada"), Actor(kind="staff", name="Mia")
VISA, BROKE, BANK_ASKS = (
    "pm_card_visa",
    "pm_card_visa_chargeDeclinedInsufficientFunds",
    "pm_card_authenticationRequired",
)
ALL_AHEAD = (("ask", "all"), ("within_minutes", 30))


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def nights(first: int, last: int) -> Stay:
    return Stay.between(date(2024, 3, first), date(2024, 3, last))


def deluxe_king() -> Tariff:
    by_date = {
        date(2024, 3, number): usd(price)
        for number, price in ((15, "189"), (16, "219"), (17, "199"), (18, "189"))
    }
    return Tariff(
        code="DELUXE-KING",
        rate=NightlyRate(calendar=RateCalendar(currency="USD", by_date=by_date)),
        plans=(RatePlan(code="AAA", discount=Percentage.of(10)),),
        levies=(
            Levy.tax("occupancy-tax", Percent(Percentage.of(12), Base.BEFORE_DISCOUNT)),
            Levy.fee("resort-fee", Fixed(usd("15"), Per.NIGHT)),
        ),
        policy=CancellationPolicy.flexible("Flexible 24-Hour"),
    )


@attrs.define
class PaidHotel:
    """The hotel on a storage, its clock, and the account of its provider."""

    desk: OpenBusiness

    @classmethod
    def opens(
        cls, engine: TheEngine, rooms: int = 5, *, called: str = "grand-hotel", **policy: Any
    ) -> "PaidHotel":
        """It is the first of March 2024."""
        engine.clock.set(MARCH_1)
        hotel = grand_hotel(rooms=rooms).called(called).priced("deluxe-king", deluxe_king())
        return cls(engine.opens(hotel.under(**{"payment": ALL_AHEAD, **policy})))

    @property
    def engine(self) -> TheEngine:
        return self.desk.engine

    @property
    def tenant(self) -> TenantId:
        return self.desk.tenant

    def book(
        self, first: int = 15, last: int = 18, *, card: str = VISA, key: str = "", actor: Actor = GUEST
    ) -> Reservation:
        """Two adults under plan AAA; without a card it waits to be paid."""
        return self.engine.till.book_and_pay(
            BookCommand(
                tenant=self.tenant,
                wanted=self._wanted(first, last),
                customer=Customer(name="Ada Lovelace", email="ada@example.org"),
                method=card,
                idempotency_key=key,
                actor=actor,
            )
        ).reservation

    def move(self, reservation: Reservation, first: int, last: int, *, card: str = "") -> Rescheduled:
        """Other nights, asked for by staff."""
        return self.engine.till.reschedule_and_pay(
            RescheduleCommand(
                tenant=self.tenant,
                reservation=reservation.id,
                wanted=self._wanted(first, last),
                method=card,
                actor=DESK,
            )
        )

    def pay(self, reservation: Reservation, card: str = VISA) -> Paid:
        """Pay what is due."""
        return self.engine.till.pay(self._paying(reservation, card))

    def resume(self, reservation: Reservation) -> Paid:
        """Back from the page of the bank."""
        return self.engine.till.resume_payment(self._paying(reservation, ""))

    def cancel(
        self, reservation: Reservation, *, actor: Actor = GUEST, reason: str = "", waives: bool = False
    ) -> Cancelled:
        """Call off, and let the worker send what follows."""
        cancelled = self.engine.call_off(
            Cancellation(
                tenant=self.tenant,
                reservation=reservation.id,
                reason=reason,
                waives_penalty=waives,
                actor=actor,
            )
        )
        self.works()
        return cancelled

    def works(self, rounds: int = 3) -> None:
        """The worker does its rounds."""
        for _ in range(rounds):
            self.desk.time_passes()
            self.engine.till.works(self.tenant)

    def status(self, reservation: Reservation) -> Status:
        return self.desk.show(reservation.id).status

    def folio(self, reservation: Reservation) -> Folio:
        with self.engine.store.reading(self.tenant) as tx:
            return tx.folios.get(reservation.id)

    def payments(self, reservation: Reservation) -> list[Payment]:
        with self.engine.store.reading(self.tenant) as tx:
            return list(tx.payments.of_claim(reservation.id))

    def intents(self, reservation: Reservation) -> list[Intent]:
        with self.engine.store.reading(self.tenant) as tx:
            return list(tx.intents.of_claim(reservation.id))

    def alerts(self) -> list[Alert]:
        with self.engine.store.reading(self.tenant) as tx:
            return list(tx.alerts.open(50))

    def at_provider(self) -> list[Found]:
        """What the provider has, whatever we know of it."""
        return list(self.engine.till.send.gateway.list_since(MARCH_1))

    def kept(self) -> Money:
        """What the business has at the provider, of all payments."""
        return Money.total((each.captured - each.refunded for each in self.at_provider()), "USD")

    def blocked(self) -> Money:
        """What is still blocked on cards."""
        return Money.total((each.authorised for each in self.at_provider()), "USD")

    def free_rooms(self, first: int, last: int) -> int:
        """How many rooms can be had for these nights."""
        offers = self.desk.stays(f"2024-03-{first:02}/2024-03-{last:02}")
        return max((offer.left for offer in offers), default=0)

    def _wanted(self, first: int, last: int) -> Wanted:
        return Wanted(service="deluxe-king", stay=nights(first, last), party=Party(2), rate_plan="AAA")

    def _paying(self, reservation: Reservation, card: str) -> PayCommand:
        return PayCommand(tenant=self.tenant, reservation=reservation.id, method=card, actor=GUEST)
