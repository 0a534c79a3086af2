"""Book: directly, or from a hold."""

import hashlib
from datetime import datetime

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Offer, Refusal, Request
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import BookingError, Conflict, InvalidInput, NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, QuoteId, ResourceId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.payments.intent import LONGEST_REFERENCE
from booking_core.domain.payments.terms import PaymentTerms, terms_of
from booking_core.domain.pricing.honour import check_displayed, honour
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.codes import confirmation_code
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.hold import Hold, HoldExpired
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.domain.reservations.soundness import lane_faults
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cashier import Cashier
from booking_core.usecases.pricing import hold_codes_still, priced, quote_for, refuse_used_up, uses_of_codes
from booking_core.usecases.reading import Reader, free_lapsed
from booking_core.usecases.wanted import Wanted

LONGEST_IDEMPOTENCY_KEY = 200
LONGEST_SESSION = 200


@attrs.frozen(kw_only=True)
class BookCommand:
    """What is wanted, for whom; with `hold`, exactly what that hold of `session` claims.

    `quote` names the price that the customer was given; it is kept while it holds. `displayed` is the total that they
    saw. Either way PRICE_CHANGED answers where the price is another by more than the business tolerates.
    `method` is the payment method (the provider's name of it) that pays what the policy asks for ahead; without one the
    reservation waits for it. Staff may let a guest `pay_later`, at the desk.

    The same `idempotency_key` with the same content gives the same reservation, however often and from however many
    places it is sent.
    """

    tenant: TenantId
    wanted: Wanted
    customer: Customer
    session: str = ""
    hold: ClaimId | None = None
    quote: QuoteId | None = None
    displayed: Money | None = None
    method: str = ""
    pay_later: bool = False
    idempotency_key: str = ""
    actor: Actor = SYSTEM

    def fingerprint(self) -> str:
        """What tells two commands under one key apart (who sent it does not)."""
        content = repr(
            (
                *self.wanted.content,
                self.customer.content,
                (self.session, self.hold, self.quote, self.displayed),
                *((self.method, self.pay_later) if self.method or self.pay_later else ()),
            )
        )
        return hashlib.sha256(content.encode()).hexdigest()


@attrs.frozen
class Booked:
    """A reservation; `is_replay` where this key had made it already and nothing was done this time."""

    reservation: Reservation
    is_replay: bool


@attrs.frozen(kw_only=True)
class Book:
    """Makes a reservation, pending or confirmed as the policy says, with its folio, and asks for what is paid ahead."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    reader: Reader
    rules: RuleBook

    def __call__(self, command: BookCommand) -> Reservation:
        """The reservation; raises NotBookable (SlotTaken, SoldOut), HoldExpired, KeyReused, InvalidInput, NotFound."""
        return self.answer(command).reservation

    def answer(self, command: BookCommand) -> Booked:
        """The reservation, and whether its idempotency key had made it before; raises what a call raises."""
        plain_text(command.idempotency_key, "idempotency_key", LONGEST_IDEMPOTENCY_KEY)
        plain_text(command.session, "session", LONGEST_SESSION)
        plain_text(command.method, "method", LONGEST_REFERENCE)
        if command.pay_later:
            command.actor.check_is_staff("pay_later")
        key = command.idempotency_key
        fingerprint = command.fingerprint() if key else ""
        try:
            return self._booked(command, key, fingerprint)
        except Conflict:
            raise
        except BookingError:
            # The same request may have been answered since we looked: what it took is no refusal of ours.
            with self.begin.reading(command.tenant) as tx:
                answered = _answered(tx, key, fingerprint)
            if answered is None:
                raise
            return answered

    def _booked(self, command: BookCommand, key: str, fingerprint: str) -> Booked:
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            answered = _answered(tx, key, fingerprint)
            if answered is not None:
                return answered
            asked = self._asked(tx, command, at)
            hold = asked.hold
            claim = hold.id if hold else ClaimId(self.ids.new())
            if key:
                tx.requests.remember(key, fingerprint, claim)
            offer = self._offer(tx, command, asked, claim)
            return Booked(self._record(tx, command, asked, offer, claim), is_replay=False)

    def _asked(self, tx: Transaction, command: BookCommand, at: datetime) -> "_Asked":
        """The command read against the catalog. A hold must be the session's, and for what is wanted."""
        catalog = tx.catalogs.load()
        service = catalog.service(command.wanted.service)
        request = command.wanted.asked_by(command.actor).request(catalog, service)
        if command.hold is None:
            return _Asked(catalog, service, request, None, at)
        hold = tx.holds.find(command.hold)
        if hold is None:
            raise HoldExpired("the hold has expired or was released; please choose again")
        hold.check(command.session, at)
        if not hold.is_for(service.id, request.period, request.quantity, request.chosen):
            raise InvalidInput("hold", "was placed for something else", str(hold.id))
        return _Asked(catalog, service, attrs.evolve(request, chosen=dict(hold.assigned)), hold, at)

    def _offer(self, tx: Transaction, command: BookCommand, asked: "_Asked", claim: ClaimId) -> Offer:
        """The evaluator's offer. What a hold promised stays promised: notice and horizon count from its placing."""
        service, request, hold, at = asked.service, asked.request, asked.hold, asked.at
        counts = self.rules.rules_of(service.policy).counts_bookings
        customer = command.customer.key if counts else ""
        if customer:
            tx.one_at_a_time(f"customer:{customer}")
        if hold is None and command.session:
            _give_up_holds(tx, command.session, service, at)
        view = self.reader.for_request(
            tx,
            asked.catalog,
            service,
            request,
            at,
            without=() if hold is None else (hold.id,),
            customer=customer,
        )
        free_lapsed(tx, view.lapsed, at)
        as_of = hold.promises_since(at) if hold else at
        answer = evaluate(request, view.snapshot, as_of, self.rules, turn=claim.int)
        if isinstance(answer, Refusal):
            raise answer.error()
        if hold and lane_faults(Status.CONFIRMED, answer.claims, hold.allocations):
            raise HoldExpired("what is sold has changed since it was held; please choose again")
        return answer

    def _record(
        self, tx: Transaction, command: BookCommand, asked: "_Asked", offer: Offer, claim: ClaimId
    ) -> Reservation:
        """The reservation with its folio, and the payment that is asked for ahead."""
        request, hold, at = asked.request, asked.hold, asked.at
        quote = _agreed_price(tx, command, asked, offer)
        ahead = None if command.pay_later else _ahead(asked.service, quote)
        change = Reservation.place(
            id=claim,
            code=confirmation_code(asked.catalog.venue_of(asked.service).code, claim),
            service=asked.service.id,
            period=request.period,
            stay=request.stay,
            quantity=request.quantity,
            party=request.party,
            customer=command.customer,
            assigned=offer.assigned,
            claims=offer.claims,
            allocations=hold.allocations if hold else offer.allocations,
            policy=asked.service.policy,
            at=at,
            hold=hold,
            quote=quote,
            pay_within=None if ahead is None else ahead.pay_within,
        )
        tx.reservations.save(change)
        if quote is not None:
            tx.folios.save(Folio.open(claim, quote.lines, quote.currency, at))
            if ahead is not None and command.method:
                amount, purpose = ahead.due(quote), ahead.purpose
                Cashier(self.ids).ask(tx, claim, amount, purpose=purpose, method=command.method, at=at)
        return change.state


def _answered(tx: Transaction, key: str, fingerprint: str) -> Booked | None:
    answered = tx.requests.answer(key, fingerprint) if key else None
    return None if answered is None else Booked(tx.reservations.get(answered), is_replay=True)


@attrs.frozen
class _Asked:
    """A command read against the catalog, as of a time."""

    catalog: Catalog
    service: Service
    request: Request
    hold: Hold | None
    at: datetime


def _agreed_price(tx: Transaction, command: BookCommand, asked: "_Asked", offer: Offer) -> Quote | None:
    """The price to book at: the given quote while it holds, else today's if it is near enough to what was seen."""
    (_, provider), *_ = offer.assigned
    shown = None if command.quote is None else _shown(tx, command.quote, command.wanted, asked, provider)
    agreed = shown
    hold_codes_still(tx, command.wanted)
    uses = uses_of_codes(tx, asked.catalog, command.wanted, asked.at)
    if shown is None or shown.is_expired(asked.at):
        agreed = quote_for(
            asked.catalog, asked.service, provider, asked.request, command.wanted, asked.at, uses=uses
        )
    else:
        refuse_used_up(asked.catalog, asked.service, provider, uses)
    if agreed is None:
        return None
    tolerated = Money(asked.catalog.tenant.price_tolerance_minor, agreed.currency)
    if shown is not None:
        agreed = honour(shown, agreed, asked.at, threshold=tolerated)
    if command.displayed is not None:
        check_displayed(command.displayed, agreed.total, threshold=tolerated)
    return agreed


def _ahead(service: Service, quote: Quote | None) -> PaymentTerms | None:
    """The terms under which something is to be paid ahead; None where nothing is."""
    terms = terms_of(service.policy)
    return terms if terms is not None and quote is not None and terms.due(quote) else None


def _shown(tx: Transaction, quote: QuoteId, wanted: Wanted, asked: "_Asked", provider: ResourceId) -> Quote:
    """The quote that the customer was given, which must be for what is booked."""
    shown = tx.quotes.find(quote)
    if shown is None:
        raise NotFound("quote", quote)
    same = shown.request == priced(asked.catalog, asked.service, asked.request, wanted)
    if not same or shown.tariff != asked.service.tariff_of(provider):
        raise InvalidInput("quote", "was given for something else", str(quote))
    return shown


def _give_up_holds(tx: Transaction, session: str, service: Service, at: datetime) -> None:
    """Release the session's holds of this service: it books instead of them."""
    for held in tx.holds.of_session(session):
        if held.service == service.id:
            tx.holds.save(held.release(at, has_lapsed=held.has_lapsed(at)))
