"""Move a reservation to other times, places or people: same identity, same history, same policy."""

from datetime import datetime

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Offer, Refusal
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.pricing.reprice import reprice
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.pricing import hold_codes_still, priced, uses_of_codes
from booking_core.usecases.reading import Reader, free_lapsed
from booking_core.usecases.wanted import Wanted


@attrs.frozen(kw_only=True)
class RescheduleCommand:
    """The reservation as it shall be. Its resources stay unless `wanted` names others or `any_resource` is set."""

    tenant: TenantId
    reservation: ClaimId
    wanted: Wanted
    any_resource: bool = False
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class Reschedule:
    """All or nothing: the old times are kept unless the new ones can be had. It never conflicts with itself."""

    begin: UnitOfWork
    clock: Clock
    reader: Reader
    rules: RuleBook

    def __call__(self, command: RescheduleCommand) -> Reservation:
        """The moved reservation; raises NotBookable (SlotTaken, SoldOut), InvalidTransition, InvalidInput, NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            catalog = tx.catalogs.load()
            service = attrs.evolve(catalog.service(reservation.service), policy=reservation.policy)
            request = attrs.evolve(command.wanted, service=service.key).request(catalog, service)
            if not (request.chosen or command.any_resource):
                request = attrs.evolve(request, chosen=dict(reservation.assigned))
            view = self.reader.for_request(tx, catalog, service, request, at, without=[reservation.id])
            free_lapsed(tx, view.lapsed, at)
            answer = evaluate(request, view.snapshot, at, self.rules, turn=reservation.id.int)
            if isinstance(answer, Refusal):
                raise answer.error()
            change = reservation.move(
                period=request.period,
                stay=request.stay,
                quantity=request.quantity,
                party=request.party,
                assigned=answer.assigned,
                claims=answer.claims,
                allocations=answer.allocations,
                quote=_new_price(tx, command.wanted, reservation, answer, at),
                at=at,
            )
            tx.reservations.save(change)
            return change.state


def _new_price(
    tx: Transaction, wanted: Wanted, reservation: Reservation, offer: Offer, at: datetime
) -> Quote | None:
    """The agreed price changed as little as possible: kept nights keep theirs, plan and codes stay unless named."""
    agreed, catalog = reservation.quote, tx.catalogs.load()
    service = catalog.service(reservation.service)
    (_, provider), *_ = offer.assigned
    tariff = catalog.tariff_of(service, provider)
    if agreed is None or tariff is None:
        return agreed
    plan, codes = wanted.rate_plan or agreed.request.rate_plan, wanted.codes or agreed.request.codes
    wanted = attrs.evolve(wanted, rate_plan=plan, codes=codes)
    hold_codes_still(tx, wanted)
    return reprice(
        agreed,
        priced(catalog, service, offer.request, wanted),
        tariff,
        at,
        starts_at=reservation.period.start,
        code_uses=uses_of_codes(tx, catalog, wanted, without=reservation.id),
    ).quote
