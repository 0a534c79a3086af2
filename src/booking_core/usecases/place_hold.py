"""Claim a slot for a few minutes while the customer decides."""

from datetime import datetime

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Refusal, Request
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.reservations.hold import Hold
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.reading import Reader, free_lapsed
from booking_core.usecases.wanted import Wanted

MOST_HOLDS = 5
"""Live holds of one session, over all services."""
LONGEST_SESSION = 200


class TooManyHolds(BookingError):
    """The session already holds as much as one customer may."""

    code = "TOO_MANY_HOLDS"
    retry_action = "RELEASE_A_HOLD"


@attrs.frozen(kw_only=True)
class HoldCommand:
    """Hold what is wanted for a session (an opaque name that only its browser knows)."""

    tenant: TenantId
    session: str
    wanted: Wanted
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class PlaceHold:
    """A hold of the same thing is renewed; a hold of another time of the same service is given up for the new one."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    reader: Reader
    rules: RuleBook

    def __call__(self, command: HoldCommand) -> Hold:
        """The hold; raises NotBookable (SlotTaken, SoldOut), TooManyHolds, InvalidInput, NotFound."""
        if not plain_text(command.session, "session", LONGEST_SESSION):
            raise InvalidInput("session", f"must have 1…{LONGEST_SESSION} characters", command.session)
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            tx.one_at_a_time(f"session:{command.session}")
            catalog = tx.catalogs.load()
            service = catalog.service(command.wanted.service)
            request = command.wanted.asked_by(command.actor).request(catalog, service)
            own = self._settle_own(tx, command.session, service, request, at)
            without = () if own is None else (own.id,)
            view = self.reader.for_request(tx, catalog, service, request, at, without=without)
            free_lapsed(tx, view.lapsed, at)
            claim = ClaimId(self.ids.new())
            as_of = at if own is None else own.promises_since(at)
            answer = evaluate(request, view.snapshot, as_of, self.rules, turn=claim.int)
            if isinstance(answer, Refusal):
                raise answer.error()
            ttl = service.policy.hold_ttl
            if own is not None:
                renewal = own.renew(command.session, at, ttl)
                tx.holds.save(renewal)
                return renewal.state
            placed = Hold.place(
                id=claim,
                session=command.session,
                service=service.id,
                period=request.period,
                stay=request.stay,
                quantity=request.quantity,
                assigned=answer.assigned,
                allocations=answer.allocations,
                at=at,
                ttl=ttl,
            )
            tx.holds.save(placed)
            return placed.state

    def _settle_own(
        self, tx: Transaction, session: str, service: Service, request: Request, at: datetime
    ) -> Hold | None:
        """The session's hold of the same thing; those in the way are given up, and the limit is made sure of."""
        same, others = None, 0
        for hold in tx.holds.of_session(session):
            if hold.has_lapsed(at):
                tx.holds.save(hold.release(at, has_lapsed=True))
            elif hold.is_for(service.id, request.period, request.quantity, request.chosen):
                same = hold
            elif hold.service == service.id:
                tx.holds.save(hold.release(at))
            else:
                others += 1
        if same is None and others >= MOST_HOLDS:
            raise TooManyHolds(f"a session may hold {MOST_HOLDS} things at once", most=MOST_HOLDS)
        return same
