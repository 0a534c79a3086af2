"""Paying at the desk, without a provider: cash, and points. Each has an entry of its own in the folio.

Points are a means of payment and not a discount: taxes stay what they are, and the bill says what was paid with them.
"""

from datetime import datetime

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.reservations.entries import EntryKind
from booking_core.domain.reservations.folio import Folio

LONGEST_NAME = 200


def take_cash(folio: Folio, amount: Money, *, taken_by: str, at: datetime) -> Change[Folio, Folio]:
    """Cash was taken, never more than is to be paid (change is given, not booked); raises InvalidInput."""
    _check(amount, folio.balance, taken_by)
    return folio.take(EntryKind.CASH, amount, taken_by=taken_by, at=at)


def hand_back_cash(folio: Folio, amount: Money, *, taken_by: str, at: datetime) -> Change[Folio, Folio]:
    """Cash was handed back, never more than was taken in cash nor than is too much; raises InvalidInput."""
    _check(amount, min(folio.paid_in(EntryKind.CASH), -folio.balance), taken_by)
    return folio.take(EntryKind.CASH, -amount, taken_by=taken_by, at=at)


def take_points(folio: Folio, value: Money, *, taken_by: str, at: datetime) -> Change[Folio, Folio]:
    """Points were redeemed for so much, never more than is owed; raises InvalidInput."""
    _check(value, folio.owed, taken_by)
    return folio.take(EntryKind.POINTS, value, taken_by=taken_by, at=at)


def return_points(folio: Folio, kept: Money, *, taken_by: str, at: datetime) -> Change[Folio, Folio] | None:
    """All that was paid with points comes back but for what is `kept`; None where nothing does."""
    returned = folio.paid_in(EntryKind.POINTS) - kept
    if not returned > Money.zero(folio.currency):
        return None
    return folio.take(EntryKind.POINTS, -returned, taken_by=taken_by, at=at)


def _check(amount: Money, most: Money, taken_by: str) -> None:
    """Refuse nothing, too much, another currency, and nobody."""
    if not plain_text(taken_by, "taken_by", LONGEST_NAME).strip():
        raise InvalidInput("taken_by", "says who took it")
    if not amount > Money.zero(amount.currency):
        raise InvalidInput("amount", "must be more than nothing", str(amount))
    if amount > most:
        raise InvalidInput("amount", f"must be at most {most}", str(amount))
