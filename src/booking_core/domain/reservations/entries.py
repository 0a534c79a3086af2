"""The entries of a folio: charges, corrections and movements of money, and their counterparts in the ledger."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import attrs

from booking_core.domain.kernel.ids import IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing.lines import LineKind, Night


class EntryKind(StrEnum):
    """What an entry is, in the order of a bill."""

    SALE = "sale"
    DISCOUNT = "discount"
    FEE = "fee"
    TAX = "tax"
    PENALTY = "penalty"
    EXTRA = "extra"
    PAYMENT = "payment"
    REFUND = "refund"
    CASH = "cash"
    POINTS = "points"


KIND_OF_LINE: Mapping[LineKind, EntryKind] = {
    LineKind.RATE: EntryKind.SALE,
    LineKind.EXTRA_GUEST: EntryKind.SALE,
    LineKind.LENGTH_OF_STAY: EntryKind.SALE,
    LineKind.PLAN: EntryKind.DISCOUNT,
    LineKind.PROMOTION: EntryKind.DISCOUNT,
    LineKind.FEE: EntryKind.FEE,
    LineKind.TAX: EntryKind.TAX,
    LineKind.PENALTY: EntryKind.PENALTY,
}


class Account(StrEnum):
    """Where the counterpart of an entry is booked."""

    REVENUE = "revenue"
    FEES = "fees"
    TAXES = "taxes"
    PENALTIES = "penalties"
    MONEY = "money"
    CASH = "cash"
    POINTS = "points"


ACCOUNTS: Mapping[EntryKind, Account] = {
    EntryKind.SALE: Account.REVENUE,
    EntryKind.DISCOUNT: Account.REVENUE,
    EntryKind.FEE: Account.FEES,
    EntryKind.TAX: Account.TAXES,
    EntryKind.PENALTY: Account.PENALTIES,
    EntryKind.EXTRA: Account.REVENUE,
    EntryKind.PAYMENT: Account.MONEY,
    EntryKind.REFUND: Account.MONEY,
    EntryKind.CASH: Account.CASH,
    EntryKind.POINTS: Account.POINTS,
}


class Part(StrEnum):
    """Which part of the folio an entry belongs to: the agreed price of the booking, extras, or money moved."""

    BOOKING = "booking"
    EXTRAS = "extras"
    MONEY = "money"


@attrs.frozen(kw_only=True)
class Entry:
    """One line of the folio. `amount` is what it adds to the balance: charges above zero, payments below.

    An `included` entry shows what a charge already contains and adds nothing. Entries of one extra share a
    `group`, the number of its first. Money names its payment, and the intent that moved it; what was taken at the desk
    (cash, points) names who took it instead.
    """

    number: int
    at: datetime
    part: Part
    kind: EntryKind
    code: str
    text: str
    amount: Money
    night: Night = None
    included: bool = False
    group: int = 0
    payment: PaymentId | None = None
    intent: IntentId | None = None
    is_deposit: bool = False
    taken_by: str = ""

    @property
    def counts(self) -> Money:
        """What it adds to the balance."""
        return Money.zero(self.amount.currency) if self.included else self.amount

    @property
    def is_paid(self) -> bool:
        """Whether it lowers the balance, as payments do and refunds do not."""
        return self.amount.is_negative


@attrs.frozen
class Posting:
    """The counterpart of an entry: money received above zero, revenue earned below."""

    account: Account
    amount: Money
    entry: int
