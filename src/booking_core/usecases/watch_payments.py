"""What is watched about payments: what providers tell, what they have, and authorisations that come to their end."""

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs

from booking_core.domain.kernel.errors import Conflict, NotFound
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.payments.answers import Found
from booking_core.domain.payments.intent import IntentState, Operation
from booking_core.domain.payments.payment import Payment
from booking_core.domain.payments.standing import Standing, standing_of
from booking_core.domain.payments.sweep import Finding, compare
from booking_core.domain.payments.verdicts import ABOUT_TO_LAPSE, Watch, watch_authorisation
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.ledger import ProviderEvent
from booking_core.ports.payments import PaymentGateway
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cashier import Cashier

BATCH = 200
PAGE = 100
MOST_PAGES = 20
SWEPT = timedelta(days=3)
"""How far back a sweep looks: longer than any answer stays unknown (a key is resent for 23 hours)."""
REMEMBERED = timedelta(days=30)
"""How long told events are remembered after they were handled: providers repeat them for days."""
FURTHEST = timedelta(days=366)
MARGIN = timedelta(hours=24)
"""How long before its end an authorisation is captured, or staff are told."""


@attrs.frozen(kw_only=True)
class ToldEvent:
    """What a provider told a tenant; its signature has been verified."""

    tenant: TenantId
    event: ProviderEvent


@attrs.frozen(kw_only=True)
class ReceiveProviderEvent:
    """Takes down what a provider told. Neither its number nor its order is trusted: the provider is asked later."""

    begin: UnitOfWork

    def __call__(self, told: ToldEvent) -> bool:
        """Whether it is new."""
        with self.begin(told.tenant) as tx:
            return tx.provider_events.receive(told.event)


@attrs.frozen(kw_only=True)
class HandleProviderEvents:
    """Has the provider asked about what it told of; forgets what was handled a month ago."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, tenant: TenantId) -> int:
        """How many events were handled; at most 200 a call."""
        at = self.clock.now()
        with self.begin.reading(tenant) as tx:
            told = tx.provider_events.unhandled(BATCH)
        done = 0
        for event in told:
            try:
                with self.begin(tenant) as tx:
                    tx.provider_events.handled(event.id, at)
                    _ask_about(tx, event.reference, at)
            except Conflict:  # somebody else handled it, or is working on the intent: it comes up again
                continue
            done += 1
        with self.begin(tenant) as tx:
            tx.provider_events.forget(at - REMEMBERED, BATCH)
        return done


def _ask_about(tx: Transaction, reference: str, at: datetime) -> None:
    """Look up every instruction of the payment that the provider calls so, as far as its outcome is open."""
    made = tx.intents.that_made(reference)
    if made is None:  # not one of ours, or its answer is still on its way
        return
    for intent in tx.intents.of_claim(made.reservation):
        if intent.payment == made.payment and intent.is_awaited:
            tx.intents.save(intent.hasten(at))


@attrs.frozen(kw_only=True)
class SweepPayments:
    """Compares the provider's list with what is stored, and gives back what nobody wants.

    What another tenant of the same account, or somebody else, began is left alone.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    gateway: PaymentGateway

    def __call__(self, tenant: TenantId) -> int:
        """How many payments were found astray and taken care of; raises GatewayUnavailable, GatewayMisused."""
        at = self.clock.now()
        done, after = 0, ""
        for _ in range(MOST_PAGES):
            page = self.gateway.list_since(at - SWEPT, after, PAGE)
            done += sum(self._take_care(tenant, found, at) for found in page)
            if len(page) < PAGE:
                break
            after = page[-1].reference
        return done

    def _take_care(self, tenant: TenantId, found: Found, at: datetime) -> bool:
        """Whether there was something to take care of; what changes at the moment is left for the next sweep."""
        try:
            return self._compared(tenant, found, at)
        except Conflict:
            return False

    def _compared(self, tenant: TenantId, found: Found, at: datetime) -> bool:
        with self.begin(tenant) as tx:
            payment = _payment_of(tx, found)
            if payment is None:
                return False
            match compare(found, payment):
                case Finding.STRAY:
                    tx.payments.save(payment.discover(found, at))
                    _post_found(tx, payment, found, at)
                    if Cashier(self.ids).settle(tx, payment.reservation, at) is None:
                        Cashier(self.ids).give_back(tx, payment.id, at)
                case Finding.DIFFERS:
                    reservation = tx.reservations.get(payment.reservation)
                    Cashier(self.ids).alert(tx, reservation.id, "the provider has other amounts", at)
                case _:
                    return False
            return True


def _post_found(tx: Transaction, payment: Payment, found: Found, at: datetime) -> None:
    """Money that was found captured is in the folio before any of it goes back."""
    folio, came = tx.folios.find(payment.reservation), found.captured - found.refunded
    if folio is None or not came:
        return
    assert found.intent is not None, "it was found by its intent"
    tx.folios.save(folio.receive(came, payment=payment.id, intent=found.intent, at=at))


def _payment_of(tx: Transaction, found: Found) -> Payment | None:
    if found.intent is None:
        return None
    try:
        return tx.payments.get(tx.intents.get(found.intent).payment)
    except NotFound:
        return None


@attrs.frozen(kw_only=True)
class WatchAuthorisations:
    """Gives back what is authorised for a reservation that has ended, captures what would lapse, or tells staff."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, tenant: TenantId) -> int:
        """How many authorisations something was done about; at most 200 are looked at a call."""
        at = self.clock.now()
        with self.begin.reading(tenant) as tx:
            authorised = [payment.id for payment in tx.payments.lapsing(at + FURTHEST, BATCH)]
        done = 0
        for payment in authorised:
            try:
                with self.begin(tenant) as tx:
                    done += self._watch(tx, tx.payments.get(payment), at)
            except (Conflict, NotFound):
                continue
        return done

    def _watch(self, tx: Transaction, payment: Payment, at: datetime) -> bool:
        reservation, cashier = tx.reservations.get(payment.reservation), Cashier(self.ids)
        standing = standing_of(reservation, at)
        ended = standing is Standing.ENDED or (standing is Standing.LAPSED and not reservation.is_live)
        # An ended one need not wait until its authorisation is about to lapse.
        margin = FURTHEST if ended else MARGIN
        act: dict[Watch, Callable[[], object]] = {
            Watch.CAPTURE: lambda: cashier.settle(tx, reservation.id, at),
            Watch.VOID: lambda: cashier.settle(tx, reservation.id, at),
            Watch.ALERT: lambda: cashier.alert(tx, reservation.id, ABOUT_TO_LAPSE, at),
        }
        watched = act.get(watch_authorisation(payment, standing, at, margin))
        if watched is None or _was_refused_a_void(tx, payment):
            return False
        watched()
        return True


def _was_refused_a_void(tx: Transaction, payment: Payment) -> bool:
    """Whether the provider refused to let it go: people were told, and the sweep finds what became of it."""
    *_, newest = (each for each in tx.intents.of_claim(payment.reservation) if each.payment == payment.id)
    return newest.operation is Operation.VOID and newest.state is IntentState.FAILED
