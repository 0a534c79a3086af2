"""Move a reservation to other times, places or people: same identity, same history, same policy."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import attrs

from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Offer, Refusal
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import ClaimId, ResourceId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.payments.standing import Standing, standing_of
from booking_core.domain.payments.terms import terms_of
from booking_core.domain.pricing.honour import check_displayed
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.pricing.reprice import reprice
from booking_core.domain.pricing.request import PriceRequest
from booking_core.domain.pricing.tariff import Tariff
from booking_core.domain.reservations.amendment import Amendment
from booking_core.domain.reservations.cancellation import CancellationClosed
from booking_core.domain.reservations.closure import LONGEST_REASON
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.reservations.sold import Sold
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.amending import Dearer, begin_amendment
from booking_core.usecases.cancel import check_guest_may_give_up, policy_of, waiver_of
from booking_core.usecases.cashier import (
    Cashier,
    PaymentUnderWay,
    asked_for,
    asking_alone,
    at_hand,
    card_on_file,
)
from booking_core.usecases.make_quote import NotPriced
from booking_core.usecases.pricing import hold_codes_still, priced, quote_for, uses_of_codes
from booking_core.usecases.reading import Reader, free_lapsed
from booking_core.usecases.wanted import Wanted

FolioChange = Change[Folio, Folio] | Change[Folio, None]


class ChangedMeanwhile(BookingError):
    """Somebody else changed the reservation after it was looked at: look again before changing it."""

    code: ClassVar[str] = "CHANGED_MEANWHILE"
    retry_action: ClassVar[str | None] = "LOOK_AGAIN"


@attrs.frozen(kw_only=True)
class RescheduleCommand:
    """The reservation as it shall be. Its resources stay unless `wanted` names others or `any_resource` is set.

    `wanted` may name another service of the place, sold in the same way: another type of room. That one is sold under
    its own policy. Plan and codes stay unless named.
    `version` is the version that was looked at: whoever changed it since is not overwritten. `displayed` is the new
    total that the customer saw. Where it becomes dearer than what is paid ahead, `method` pays the difference; without
    one the card that paid before is charged, off session. Staff may let the guest `pay_later`, at the desk, and waive
    what is owed for nights that fall away; then `reason` says why.
    """

    tenant: TenantId
    reservation: ClaimId
    wanted: Wanted
    any_resource: bool = False
    version: int | None = None
    displayed: Money | None = None
    method: str = ""
    pay_later: bool = False
    waives_penalty: bool = False
    reason: str = ""
    actor: Actor = SYSTEM

    def __attrs_post_init__(self) -> None:
        """Refuse reasons that cannot be kept."""
        plain_text(self.reason, "reason", LONGEST_REASON)

    @property
    def why(self) -> str:
        """What the history says; raises InvalidInput where a guest waives, or staff do without a reason."""
        return waiver_of(self.actor, self.reason).note if self.waives_penalty else self.reason


@attrs.frozen(kw_only=True)
class Rescheduled:
    """The reservation as it is now; `amendment` where the change waits for its money, and nothing has moved yet."""

    reservation: Reservation
    amendment: Amendment | None = None


@attrs.frozen(kw_only=True)
class Reschedule:
    """All or nothing: the old times are kept unless the new ones can be had. It never conflicts with itself.

    What becomes cheaper is changed at once, and what was paid too much goes back. What becomes dearer, and is to be
    paid ahead, is changed when the difference has come.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    reader: Reader
    rules: RuleBook

    def __call__(self, command: RescheduleCommand) -> Reservation:
        """The reservation, moved unless its change waits for money; raises what `answer` raises."""
        return self.answer(command).reservation

    def answer(self, command: RescheduleCommand) -> Rescheduled:
        """The moved reservation, or its amendment.

        Raises NotBookable (SlotTaken, SoldOut), InvalidTransition, PaymentUnderWay, PriceChanged, ChangedMeanwhile,
        InvalidInput, NotFound.
        """
        with self.begin(command.tenant, command.actor) as tx:
            return self.within(tx, command, self.clock.now())

    def within(self, tx: Transaction, command: RescheduleCommand, at: datetime) -> Rescheduled:
        """The same as part of what is done together; a refusal of the evaluator has changed nothing."""
        asking_alone(tx, command.reservation)
        reservation = tx.reservations.get(command.reservation)
        _check_may_move(tx, command, reservation, at)
        catalog = tx.catalogs.load()
        service = _service_wanted(catalog, command, reservation)
        request = command.wanted.request(catalog, service)
        if not (request.chosen or command.any_resource):
            request = attrs.evolve(request, chosen=still_assigned(service, reservation))
        view = self.reader.for_request(tx, catalog, service, request, at, without=[reservation.id])
        free_lapsed(tx, view.lapsed, at)
        answer = evaluate(request, view.snapshot, at, self.rules, turn=reservation.id.int)
        if isinstance(answer, Refusal):
            raise answer.error()
        quote = _new_price(tx, command, reservation, answer, at)
        moved = reservation.move(
            period=request.period,
            stay=request.stay,
            quantity=request.quantity,
            party=request.party,
            assigned=answer.assigned,
            claims=answer.claims,
            allocations=answer.allocations,
            quote=quote,
            why=command.why,
            sold=None if service.id == reservation.service else Sold(service.id, service.policy),
            at=at,
        )
        if command.actor.is_guest:
            _check_gives_nothing_up(reservation, moved.state, at)
        dearer = _dearer(tx, command, moved, answer, at)
        if dearer is not None:
            amendment = begin_amendment(tx, self.ids, dearer, at)
            return Rescheduled(reservation=reservation, amendment=amendment)
        tx.reservations.save(moved)
        if quote is not None:
            self._agree(tx, moved.state, quote, at)
        return Rescheduled(reservation=moved.state)

    def _agree(self, tx: Transaction, reservation: Reservation, quote: Quote, at: datetime) -> None:
        """The new price becomes what the folio charges; what was paid too much goes back, once it is confirmed."""
        tx.folios.save(_agreed(tx, reservation, quote, at))
        if standing_of(reservation, at) is Standing.FIRM:
            Cashier(self.ids).settle(tx, reservation.id, at)


def _agreed(tx: Transaction, reservation: Reservation, quote: Quote, at: datetime) -> FolioChange:
    """The folio with the new price; raises FolioFrozen where the final bill is made."""
    folio = tx.folios.find(reservation.id)
    if folio is None:
        return Folio.open(reservation.id, quote.lines, quote.currency, at)
    return folio.agree(quote.lines, at)


def _dearer(
    tx: Transaction,
    command: RescheduleCommand,
    moved: Change[Reservation, Reservation],
    offer: Offer,
    at: datetime,
) -> Dearer | None:
    """What is missing of what is to be paid ahead of the new price; None where nothing is.

    Who has not paid anything was let off that, unless something else is sold now. What was let off since it was paid
    is not asked for again. Raises FolioFrozen.
    """
    reservation, after, quote = moved.before, moved.state, moved.state.quote
    terms, payments = terms_of(after.policy), tx.payments.of_claim(reservation.id)
    is_other = after.service != reservation.service and standing_of(reservation, at) is Standing.FIRM
    if quote is None or terms is None or command.pay_later or not (payments or is_other):
        return None
    folio = _agreed(tx, reservation, quote, at).state
    difference = min(terms.due(quote), folio.charges) - at_hand(tx, folio)
    if not difference > Money.zero(quote.currency):
        return None
    return Dearer(
        reservation=reservation,
        offer=offer,
        quote=quote,
        difference=difference,
        method=command.method or card_on_file(payments),
        is_off_session=not command.method,
        terms=terms,
        why=command.why,
        sold=Sold(after.service, after.policy) if after.service != reservation.service else None,
    )


def _check_may_move(
    tx: Transaction, command: RescheduleCommand, reservation: Reservation, at: datetime
) -> None:
    """Refuse to overwrite what somebody else changed, and to let a guest move out of a cancellation that costs."""
    command.wanted.asked_by(command.actor)
    if command.version not in (None, reservation.version):
        raise ChangedMeanwhile("the reservation was changed in the meantime", version=reservation.version)
    if command.actor.is_guest:
        check_guest_may_give_up(reservation, at, moves=True)
    if command.pay_later:
        command.actor.check_is_staff("pay_later")
    quote, plan = reservation.quote, command.wanted.rate_plan
    if quote is not None and plan not in (None, quote.request.rate_plan):
        command.actor.check_is_staff("rate_plan")
    if quote is not None and asked_for(tx.payments.of_claim(reservation.id), quote.currency):
        raise PaymentUnderWay("money for this reservation is being asked for", code=reservation.code)


def _service_wanted(catalog: Catalog, command: RescheduleCommand, reservation: Reservation) -> Service:
    """What is sold then: the same service under the policy of the booking, or another one under its own."""
    now, wanted = catalog.service(reservation.service), catalog.service(command.wanted.service)
    if wanted.id == now.id:
        return attrs.evolve(now, policy=reservation.policy)
    if (wanted.venue, wanted.policy.trade) != (now.venue, reservation.policy.trade):
        raise InvalidInput("service", "is sold elsewhere, or in another way", wanted.key)
    if command.actor.is_guest and wanted.policy.needs_approval:
        raise InvalidInput("service", "is decided on by staff; please contact us", wanted.key)
    return wanted


def still_assigned(service: Service, reservation: Reservation) -> Mapping[str, ResourceId]:
    """The resources that fill the reservation's roles, as far as the service still has them."""
    able = {need.role: need.any_of for need in service.needs}
    return {role: who for role, who in reservation.assigned if who in able.get(role, ())}


def _new_price(
    tx: Transaction, command: RescheduleCommand, reservation: Reservation, offer: Offer, at: datetime
) -> Quote | None:
    """The agreed price changed as little as possible: kept nights keep theirs, plan and codes stay unless named."""
    agreed, catalog, wanted = reservation.quote, tx.catalogs.load(), command.wanted
    service = catalog.service(wanted.service)
    (_, provider), *_ = offer.assigned
    tariff = catalog.tariff_of(service, provider)
    if service.id == reservation.service and (agreed is None or tariff is None):
        return agreed
    if agreed is not None:
        if tariff is None:
            raise NotPriced("no price is kept for this service", service=service.key)
        wanted = _with_agreed_terms(wanted, agreed, priced(catalog, service, offer.request, wanted), tariff)
    hold_codes_still(tx, wanted)
    uses = uses_of_codes(tx, catalog, wanted, at, without=reservation.id)
    if agreed is None or tariff is None:
        changed = quote_for(catalog, service, provider, offer.request, wanted, at, uses=uses)
    else:
        changed = reprice(
            agreed if agreed.policy else attrs.evolve(agreed, policy=policy_of(reservation)),
            priced(catalog, service, offer.request, wanted),
            tariff,
            at,
            starts_at=reservation.period.start,
            waived=command.waives_penalty,
            code_uses=uses,
        ).quote
    if command.displayed is not None and changed is not None:
        tolerated = Money(catalog.tenant.price_tolerance_minor, changed.currency)
        check_displayed(command.displayed, changed.total, threshold=tolerated)
    return changed


def _with_agreed_terms(wanted: Wanted, agreed: Quote, request: PriceRequest, tariff: Tariff) -> Wanted:
    """The plan and the codes that were agreed go on, unless others are named.

    Where all is priced anew under a tariff that does not have them, they fall away.
    """
    before = agreed.request
    plan, codes = wanted.rate_plan or before.rate_plan, wanted.codes or before.codes
    if tariff.code != agreed.tariff or not frozenset(before.nights) & frozenset(request.nights):
        if wanted.rate_plan is None and not tariff.has_plan(plan):
            plan = None
        if not wanted.codes:
            codes = tuple(each for each in codes if tariff.promotion(each))
    return attrs.evolve(wanted, rate_plan=plan, codes=codes)


def _check_gives_nothing_up(before: Reservation, after: Reservation, at: datetime) -> None:
    """A guest gives rooms or people up, or gets other terms, only while calling off is free.

    Nights that fall away are charged by `reprice`.
    """
    policy = policy_of(before)
    if policy is None or policy.tier_at(before.period.start - at).is_free:
        return
    if policy_of(after) != policy:
        raise CancellationClosed("too late for other terms online; please contact us", at=at.isoformat())
    if before.quote and after.quote and _books_less(before.quote, after.quote):
        raise CancellationClosed("too late to book less online; please contact us", at=at.isoformat())


def _books_less(agreed: Quote, changed: Quote) -> bool:
    """Whether what both are for has become cheaper: all of it, or the nights that stay where some fall away."""
    nights, left = frozenset(agreed.request.nights), frozenset(changed.request.nights)
    if nights <= left:
        return changed.total < agreed.total
    return changed.price_of(*nights & left) < agreed.price_of(*nights & left)
