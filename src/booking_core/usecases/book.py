"""Book: directly, or from a hold."""

import hashlib
from collections.abc import Collection
from datetime import datetime

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Offer, Refusal, Request
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.reservations.hold import Hold, HoldExpired
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation, confirmation_code
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.reading import Reader, free_lapsed
from booking_core.usecases.wanted import Wanted

LONGEST_IDEMPOTENCY_KEY = 200


@attrs.frozen(kw_only=True)
class BookCommand:
    """What is wanted, for whom; with `hold`, exactly what that hold of `session` claims.

    The same `idempotency_key` with the same content gives the same reservation, however often and from however many
    places it is sent.
    """

    tenant: TenantId
    wanted: Wanted
    customer: Customer
    session: str = ""
    hold: ClaimId | None = None
    idempotency_key: str = ""
    actor: Actor = SYSTEM

    def fingerprint(self) -> str:
        """What tells two commands under one key apart (who sent it does not)."""
        content = repr((self.wanted, self.customer, self.session, self.hold))
        return hashlib.sha256(content.encode()).hexdigest()


@attrs.frozen(kw_only=True)
class Book:
    """Makes a reservation, pending or confirmed as the policy says."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    reader: Reader
    rules: RuleBook

    def __call__(self, command: BookCommand) -> Reservation:
        """The reservation; raises NotBookable (SlotTaken, SoldOut), HoldExpired, KeyReused, InvalidInput, NotFound."""
        if len(command.idempotency_key) > LONGEST_IDEMPOTENCY_KEY:
            raise InvalidInput("idempotency_key", f"is longer than {LONGEST_IDEMPOTENCY_KEY} characters")
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            answered = self._answered(tx, command)
            if answered is not None:
                return answered
            catalog = tx.catalogs.load()
            service = catalog.service(command.wanted.service)
            request = command.wanted.request(catalog, service)
            hold = self._hold(tx, command, service, request, at) if command.hold else None
            claim = hold.id if hold else ClaimId(self.ids.new())
            if command.idempotency_key:
                tx.requests.remember(command.idempotency_key, command.fingerprint(), claim)
            offer = self._offer(tx, catalog, service, request, command, hold, at, claim)
            change = Reservation.place(
                id=claim,
                code=confirmation_code(catalog.venue_of(service).code, claim),
                service=service.id,
                period=request.period,
                stay=request.stay,
                quantity=request.quantity,
                party=request.party,
                customer=command.customer,
                assigned=offer.assigned,
                claims=offer.claims,
                allocations=hold.allocations if hold else offer.allocations,
                policy=service.policy,
                at=at,
                hold=hold,
            )
            tx.reservations.save(change)
            return change.state

    def _answered(self, tx: Transaction, command: BookCommand) -> Reservation | None:
        if not command.idempotency_key:
            return None
        claim = tx.requests.answer(command.idempotency_key, command.fingerprint())
        return None if claim is None else tx.reservations.get(claim)

    def _hold(
        self, tx: Transaction, command: BookCommand, service: Service, request: Request, at: datetime
    ) -> Hold:
        """The session's hold, which must be for what is wanted."""
        assert command.hold is not None
        hold = tx.holds.find(command.hold)
        if hold is None:
            raise HoldExpired("the hold has expired or was released; please choose again")
        hold.check(command.session, at)
        if not hold.is_for(service.id, request.period, request.quantity, request.chosen):
            raise InvalidInput("hold", "was placed for something else", str(hold.id))
        return hold

    def _offer(
        self,
        tx: Transaction,
        catalog: Catalog,
        service: Service,
        request: Request,
        command: BookCommand,
        hold: Hold | None,
        at: datetime,
        claim: ClaimId,
    ) -> Offer:
        """The evaluator's offer. A hold keeps its resources, and its time counts for notice and horizon."""
        if hold is not None:
            request = attrs.evolve(request, chosen=dict(hold.assigned))
        customer = command.customer.key
        if any(rule.name == "customer_limit" for rule in service.policy.rules):
            tx.one_at_a_time(f"customer:{customer}")
        own = self._give_up_others(tx, command.session, service, hold, at)
        without = own if hold is None else (*own, hold.id)
        view = self.reader.for_request(tx, catalog, service, request, at, without=without, customer=customer)
        free_lapsed(tx, [each for each in view.lapsed if each not in own], at)
        answer = evaluate(request, view.snapshot, hold.placed_at if hold else at, self.rules, turn=claim.int)
        if isinstance(answer, Refusal):
            raise answer.error()
        return answer

    def _give_up_others(
        self, tx: Transaction, session: str, service: Service, hold: Hold | None, at: datetime
    ) -> Collection[ClaimId]:
        """Release the session's other holds of this service: it books instead of them."""
        if not session or hold is not None:
            return ()
        own = [held for held in tx.holds.of_session(session) if held.service == service.id]
        for held in own:
            tx.holds.save(held.release(at, has_lapsed=held.has_lapsed(at)))
        return [held.id for held in own]
