"""Move a reservation to other times, places or people: same identity, same history, same policy."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Offer, Refusal
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, ResourceId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing.honour import check_displayed
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.pricing.reprice import reprice
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cancel import check_guest_may_give_up
from booking_core.usecases.pricing import hold_codes_still, priced, uses_of_codes
from booking_core.usecases.reading import Reader, free_lapsed
from booking_core.usecases.wanted import Wanted


class ChangedMeanwhile(BookingError):
    """Somebody else changed the reservation after it was looked at: look again before changing it."""

    code: ClassVar[str] = "CHANGED_MEANWHILE"
    retry_action: ClassVar[str | None] = "LOOK_AGAIN"


@attrs.frozen(kw_only=True)
class RescheduleCommand:
    """The reservation as it shall be. Its resources stay unless `wanted` names others or `any_resource` is set.

    `version` is the version that was looked at: whoever changed it since is not overwritten. `displayed` is the new
    total that the customer saw.
    """

    tenant: TenantId
    reservation: ClaimId
    wanted: Wanted
    any_resource: bool = False
    version: int | None = None
    displayed: Money | None = None
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
            _check_may_move(command, reservation, at)
            catalog = tx.catalogs.load()
            service = attrs.evolve(catalog.service(reservation.service), policy=reservation.policy)
            request = attrs.evolve(command.wanted, service=service.key).request(catalog, service)
            if not (request.chosen or command.any_resource):
                request = attrs.evolve(request, chosen=_still_assigned(service, reservation))
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
                quote=_new_price(tx, command, reservation, answer, at),
                at=at,
            )
            tx.reservations.save(change)
            return change.state


def _check_may_move(command: RescheduleCommand, reservation: Reservation, at: datetime) -> None:
    """Refuse to overwrite what somebody else changed, and to let a guest move out of a cancellation that costs."""
    command.wanted.asked_by(command.actor)
    if command.version not in (None, reservation.version):
        raise ChangedMeanwhile("the reservation was changed in the meantime", version=reservation.version)
    if command.actor.is_guest:
        check_guest_may_give_up(reservation, at, moves=True)


def _still_assigned(service: Service, reservation: Reservation) -> Mapping[str, ResourceId]:
    """The resources that fill the reservation's roles, as far as the service still has them."""
    able = {need.role: need.any_of for need in service.needs}
    return {role: who for role, who in reservation.assigned if who in able.get(role, ())}


def _new_price(
    tx: Transaction, command: RescheduleCommand, reservation: Reservation, offer: Offer, at: datetime
) -> Quote | None:
    """The agreed price changed as little as possible: kept nights keep theirs, plan and codes stay unless named."""
    agreed, catalog, wanted = reservation.quote, tx.catalogs.load(), command.wanted
    service = catalog.service(reservation.service)
    (_, provider), *_ = offer.assigned
    tariff = catalog.tariff_of(service, provider)
    if agreed is None or tariff is None:
        return agreed
    plan, codes = wanted.rate_plan or agreed.request.rate_plan, wanted.codes or agreed.request.codes
    wanted = attrs.evolve(wanted, rate_plan=plan, codes=codes)
    hold_codes_still(tx, wanted)
    changed = reprice(
        agreed,
        priced(catalog, service, offer.request, wanted),
        tariff,
        at,
        starts_at=reservation.period.start,
        code_uses=uses_of_codes(tx, catalog, wanted, at, without=reservation.id),
    ).quote
    if command.displayed is not None:
        tolerated = Money(catalog.tenant.price_tolerance_minor, changed.currency)
        check_displayed(command.displayed, changed.total, threshold=tolerated)
    return changed
