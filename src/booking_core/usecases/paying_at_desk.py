"""Cash and points over the counter."""

import attrs

from booking_core.domain.frontdesk.loyalty import LoyaltyAccount
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.tender import hand_back_cash, take_cash, take_points
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.cashier import Cashier
from booking_core.usecases.charging import folio_of
from booking_core.usecases.remembering import account_of, loyalty_terms


@attrs.frozen(kw_only=True)
class CashCommand:
    """Cash that the actor took, or handed back."""

    tenant: TenantId
    reservation: ClaimId
    amount: Money
    is_handed_back: bool = False
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class TakeCash:
    """A payment without a provider: who took it is on the folio."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: CashCommand) -> Folio:
        """The folio; raises InvalidInput for more than is to be paid (or was taken), CurrencyMismatch, NotFound."""
        at = self.clock.now()
        command.actor.check_is_staff("cash")
        move = hand_back_cash if command.is_handed_back else take_cash
        with self.begin(command.tenant, command.actor) as tx:
            folio = folio_of(tx, tx.reservations.get(command.reservation), at)
            change = move(folio, command.amount, taken_by=command.actor.name or command.actor.kind, at=at)
            tx.folios.save(change)
            return change.state


@attrs.frozen(kw_only=True)
class RedeemCommand:
    """Pay for a reservation with points: so many, or (None) as many as there are and can be used."""

    tenant: TenantId
    reservation: ClaimId
    points: int | None = None
    actor: Actor = SYSTEM


@attrs.frozen
class Redeemed:
    """The folio with what the points paid, and the points that are left."""

    folio: Folio
    account: LoyaltyAccount


@attrs.frozen(kw_only=True)
class RedeemPoints:
    """Points pay like money, from the moment of booking until the guest leaves; once for each reservation."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: RedeemCommand) -> Redeemed:
        """What is left to be paid.

        Raises NotEnoughPoints, AlreadyMoved, InvalidInput where the house gives no points or less is owed, NotFound.
        """
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            terms = loyalty_terms(tx.catalogs.load(), reservation)
            if terms is None or not reservation.is_live:
                raise InvalidInput("points", "cannot be redeemed for this reservation", reservation.code)
            folio = folio_of(tx, reservation, at)
            account = account_of(tx, self.ids, reservation.customer.key)
            usable = min(account.balance, terms.points_to_pay(folio.owed))
            points = usable if command.points is None else command.points
            redeemed = account.redeem(points, reservation.id, at)
            by = command.actor.name or command.actor.kind
            paid = take_points(folio, terms.value_of(points), taken_by=by, at=at)
            tx.front_desk.loyalty.save(redeemed)
            tx.folios.save(paid)
            Cashier(self.ids).settle(tx, reservation.id, at)
            return Redeemed(paid.state, redeemed.state)
