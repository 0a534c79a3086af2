"""A worker that takes a payment first is waited for: who pays reads what became of it."""

import threading
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from booking_adapters.testing.engine import TheEngine
from booking_core.domain.payments.answers import Answer, PaymentFailed
from booking_core.domain.payments.intent import Intent
from booking_core.domain.reservations.reservation import Status
from booking_core.ports.payments import PaymentGateway
from booking_core.usecases.book import BookCommand, Booked
from booking_core.usecases.pay import BookAndPay
from booking_core.usecases.send_intents import SendIntents
from tests.integration.scenarios.paid_hotel import BROKE, VISA, PaidHotel

PATIENCE_SECONDS = 30


class SlowGateway:
    """A gateway that says when it is asked for money, and answers when it may."""

    def __init__(self, gateway: PaymentGateway) -> None:
        self._gateway = gateway
        self.is_asked, self.may_answer = threading.Event(), threading.Event()

    def take(self, intent: Intent) -> Answer:
        """Ask the other gateway, once it may."""
        self.is_asked.set()
        assert self.may_answer.wait(PATIENCE_SECONDS)
        return self._gateway.take(intent)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)


@attrs.frozen
class Beside:
    """Somebody books, and a worker is faster than their own request with asking for the money."""

    hotel: PaidHotel
    worker: threading.Thread
    slow: SlowGateway

    @classmethod
    def of(cls, engine: TheEngine) -> "Beside":
        """A hotel and its worker."""
        hotel = PaidHotel.opens(engine)
        slow = SlowGateway(engine.till.send.gateway)
        send = attrs.evolve(engine.till.send, gateway=slow)
        return cls(hotel, threading.Thread(target=send, args=[hotel.tenant], daemon=True), slow)

    def book(self, card: str, *, waits: bool) -> Status:
        """What the guest reads."""
        book = self.hotel.engine.till.book_and_pay.book

        def book_and_lose(command: BookCommand) -> Booked:
            booked = book(command)
            self.worker.start()
            assert self.slow.is_asked.wait(PATIENCE_SECONDS)
            return booked

        send: SendIntents = attrs.evolve(
            self.hotel.engine.till.send, pauses=self._while_the_worker_ends if waits else tuple
        )
        self.hotel.engine.till.book_and_pay = BookAndPay(book=book_and_lose, send=send)
        try:
            return self.hotel.book(card=card).status
        finally:
            self._end()

    def _while_the_worker_ends(self) -> Iterator[None]:
        yield
        self._end()
        yield

    def _end(self) -> None:
        self.slow.may_answer.set()
        self.worker.join(PATIENCE_SECONDS)


@pytest.mark.parametrize("waits", [True, False], ids=["waits", "control: does not wait"])
def test_who_pays_reads_confirmed_though_a_worker_asked_for_the_money(
    engine: TheEngine, *, waits: bool
) -> None:
    beside = Beside.of(engine)
    assert beside.book(VISA, waits=waits) is (Status.CONFIRMED if waits else Status.PENDING)
    assert len(beside.hotel.at_provider()) == 1


def test_who_pays_reads_that_the_card_was_declined_though_a_worker_asked(engine: TheEngine) -> None:
    with pytest.raises(PaymentFailed):
        Beside.of(engine).book(BROKE, waits=True)
