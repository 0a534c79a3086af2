"""What a guest takes during the stay, on the folio; and taking it back."""

from datetime import datetime

import attrs

from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.reservations.extra import Extra
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork


@attrs.frozen(kw_only=True)
class ChargeCommand:
    """Charge an extra to a reservation."""

    tenant: TenantId
    reservation: ClaimId
    extra: Extra
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ChargeExtra:
    """Only guests who are in the house can be charged."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: ChargeCommand) -> Folio:
        """The folio with the extra and its taxes; raises NotCheckedIn, FolioFrozen, CurrencyMismatch, NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            change = folio_of(tx, reservation, at).charge(command.extra, reservation, at)
            tx.folios.save(change)
            return change.state


@attrs.frozen(kw_only=True)
class ChargeArticleCommand:
    """Charge so many of an article (by code) of the venue."""

    tenant: TenantId
    reservation: ClaimId
    article: str
    quantity: int = 1
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ChargeArticle:
    """What the house sells over the counter, at its price."""

    begin: UnitOfWork
    charge: ChargeExtra

    def __call__(self, command: ChargeArticleCommand) -> Folio:
        """The folio; raises NotFound for an article that the venue does not sell, and what ChargeExtra raises."""
        with self.begin.reading(command.tenant) as tx:
            catalog = tx.catalogs.load()
            service = catalog.service(tx.reservations.get(command.reservation).service)
        sold = catalog.venue_of(service).desk.article(command.article)
        extra = Extra(
            code=sold.code, text=sold.text, price=sold.price, quantity=command.quantity, levies=sold.levies
        )
        return self.charge(
            ChargeCommand(
                tenant=command.tenant, reservation=command.reservation, extra=extra, actor=command.actor
            )
        )


@attrs.frozen(kw_only=True)
class TakeBackCommand:
    """Take an extra back; `group` is the number of its first entry, `reason` goes on the bill."""

    tenant: TenantId
    reservation: ClaimId
    group: int
    reason: str
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class TakeBackExtra:
    """A mistake at the minibar."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: TakeBackCommand) -> Folio:
        """The folio with the correction, taxes included; raises InvalidInput, FolioFrozen, NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            change: Change[Folio, Folio] = folio_of(tx, reservation, at).reverse(
                command.group, command.reason, at
            )
            tx.folios.save(change)
            return change.state


def folio_of(tx: Transaction, reservation: Reservation, at: datetime) -> Folio:
    """The folio of a reservation, opened with its agreed price where it has none yet."""
    found = tx.folios.find(reservation.id)
    if found is not None:
        return found
    catalog = tx.catalogs.load()
    quote = reservation.quote
    currency = quote.currency if quote else catalog.venue_of(catalog.service(reservation.service)).currency
    opened = Folio.open(reservation.id, quote.lines if quote else (), currency, at)
    tx.folios.save(opened)
    return opened.state
