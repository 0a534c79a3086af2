"""Everything about payments that TheEngine has, at a provider in memory unless another gateway is given."""

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.sandbox import Account, SandboxGateway
from booking_adapters.testing.ambient import FixedClock
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.payments import PaymentGateway
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.book import Book
from booking_core.usecases.consequences import Consequences
from booking_core.usecases.departing import depart_once
from booking_core.usecases.pay import AskPayment, BookAndPay, Pay, RescheduleAndPay, ResumePayment
from booking_core.usecases.refund import Refund
from booking_core.usecases.reschedule import Reschedule
from booking_core.usecases.send_intents import SendIntents
from booking_core.usecases.watch_payments import (
    HandleProviderEvents,
    ReceiveProviderEvent,
    SweepPayments,
    WatchAuthorisations,
)


class Till:
    """The use cases that move money, and the account that they move it on."""

    def __init__(
        self,
        store: UnitOfWork,
        clock: FixedClock,
        ids: IdGenerator,
        *,
        booking: Book,
        moving: Reschedule,
        gateway: PaymentGateway | None = None,
    ) -> None:
        self.account = Account(clock)
        self.send = SendIntents(
            begin=store,
            gateway=gateway or SandboxGateway(self.account),
            clock=clock,
            ids=ids,
            then=Consequences(ids=ids, complete=depart_once),
        )
        self.book_and_pay = BookAndPay(book=Persistent(booking.answer), send=self.send)
        self.reschedule_and_pay = RescheduleAndPay(reschedule=Persistent(moving.answer), send=self.send)
        self.pay = Pay(ask=Persistent(AskPayment(begin=store, clock=clock, ids=ids)), send=self.send)
        self.resume_payment = Persistent(ResumePayment(begin=store, clock=clock, send=self.send))
        self.refund = Persistent(Refund(begin=store, clock=clock, ids=ids))
        self.receive_provider_event = Persistent(ReceiveProviderEvent(begin=store))
        self.handle_provider_events = HandleProviderEvents(begin=store, clock=clock)
        self.watch_authorisations = WatchAuthorisations(begin=store, clock=clock, ids=ids)
        self.sweep_payments = SweepPayments(begin=store, clock=clock, ids=ids, gateway=self.send.gateway)

    def works(self, tenant: TenantId) -> int:
        """What a worker does about money in one round."""
        done = self.handle_provider_events(tenant) + self.send(tenant).worked_on
        return done + self.watch_authorisations(tenant) + self.sweep_payments(tenant)
