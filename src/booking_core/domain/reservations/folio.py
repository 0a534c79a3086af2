"""The folio: what a reservation was charged, what was paid and refunded, and what is still to be paid.

Entries are only ever added. Charges are positive and payments negative, so the sum is the balance; every entry
has its counterpart in the ledger, and the two together are always zero.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar

import attrs

from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import CurrencyMismatch, Money
from booking_core.domain.pricing.lines import Line
from booking_core.domain.reservations.entries import (
    ACCOUNTS,
    KIND_OF_LINE,
    Account,
    Entry,
    EntryKind,
    Part,
    Posting,
)
from booking_core.domain.reservations.extra import Extra
from booking_core.domain.reservations.reservation import Reservation, Status

MOST_ENTRIES = 10_000
ALLOWANCE = "allowance"
"""The code of what a guest was let off."""
CHARGEABLE = frozenset({Status.CHECKED_IN})
"""The states in which extras can be charged."""


class NotCheckedIn(BookingError):
    """Extras are charged to guests who are in the house."""

    code: ClassVar[str] = "NOT_CHECKED_IN"
    retry_action: ClassVar[str | None] = "CHECK_IN"


class FolioFrozen(BookingError):
    """The final bill is made; charges need it reopened."""

    code: ClassVar[str] = "FOLIO_FROZEN"


class AlreadyPosted(BookingError):
    """This movement of money is in the folio."""

    code: ClassVar[str] = "ALREADY_POSTED"


@attrs.frozen(kw_only=True)
class Folio:
    """The account of one reservation, in one currency. While frozen it takes money but no charges."""

    reservation: ClaimId
    currency: str
    entries: tuple[Entry, ...] = ()
    is_frozen: bool = False
    version: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse a second currency and boundless folios."""
        for entry in self.entries:
            if entry.amount.currency != self.currency:
                raise CurrencyMismatch(self.currency, entry.amount.currency)
        if len(self.entries) > MOST_ENTRIES:
            raise InvalidInput("entries", f"a folio holds at most {MOST_ENTRIES}", len(self.entries))

    @classmethod
    def open(
        cls, reservation: ClaimId, lines: Iterable[Line], currency: str, at: datetime
    ) -> Change["Folio", None]:
        """The folio of a new reservation, charged with the lines of its quote."""
        empty = cls(reservation=reservation, currency=currency)
        folio = attrs.evolve(empty, entries=empty.differences(lines, at))
        return Change(folio, (_event(folio, "FolioOpened", at, folio.balance),), None)

    def agree(self, lines: Iterable[Line], at: datetime, reason: str = "") -> Change["Folio", "Folio"]:
        """The price of the booking is now these lines: a modification, a cancellation or no-show penalty, or none.

        What differs from the price agreed before is added as entries, night by night, so the old bill can
        still be read; a `reason` stands on them. What guests were let off goes no further than what is charged.
        Raises FolioFrozen.
        """
        self._check_open()
        entries = self.differences(lines, at)
        if reason:
            entries = tuple(attrs.evolve(entry, text=reason) for entry in entries)
        return self._with(self._none_below_zero(entries, at), at, "FolioAgreed")

    def charge(self, extra: Extra, reservation: Reservation, at: datetime) -> Change["Folio", "Folio"]:
        """An extra with its taxes, while the guest is checked in; raises NotCheckedIn, FolioFrozen."""
        self._check_open()
        assert reservation.id == self.reservation, "a folio is charged with its own reservation"
        if reservation.status not in CHARGEABLE:
            raise NotCheckedIn(
                "only a guest who is checked in can be charged",
                code=reservation.code,
                status=reservation.status.value,
            )
        first = len(self.entries) + 1
        priced = [(EntryKind.EXTRA, extra.amount, extra.code, extra.text, False)]
        priced += [
            (KIND_OF_LINE[line.kind], line.amount, line.code, line.source, line.included)
            for line in extra.levy_lines(at)
        ]
        entries = tuple(
            Entry(
                number=first + index,
                at=at,
                part=Part.EXTRAS,
                kind=kind,
                code=code,
                text=text,
                amount=amount,
                included=included,
                group=first,
            )
            for index, (kind, amount, code, text, included) in enumerate(priced)
        )
        return self._with(entries, at, "FolioCharged")

    def reverse(self, group: int, reason: str, at: datetime) -> Change["Folio", "Folio"]:
        """Take an extra back, taxes included: a mistake at the minibar. Raises InvalidInput, FolioFrozen.

        What a guest was let off is no extra: its money has gone back.
        """
        self._check_open()
        extras = (entry for entry in self.entries if entry.part is Part.EXTRAS and entry.code != ALLOWANCE)
        charged = [entry for entry in extras if entry.group == group]
        if not charged or Money.total((entry.amount for entry in charged), self.currency) == self._zero:
            raise InvalidInput("group", "is no extra that could be taken back", group)
        first = len(self.entries) + 1
        entries = tuple(
            attrs.evolve(entry, number=first + index, at=at, text=reason, amount=-entry.amount)
            for index, entry in enumerate(charged)
        )
        return self._with(self._none_below_zero(entries, at), at, "FolioChargeReversed")

    def standing_extras(self, code: str) -> tuple[int, ...]:
        """The groups of the extras with a code that were not taken back."""
        charged: dict[int, Money] = {}
        for entry in self.entries:
            if entry.part is Part.EXTRAS and entry.code == code and entry.group is not None:
                charged[entry.group] = charged.get(entry.group, self._zero) + entry.amount
        return tuple(group for group, amount in charged.items() if amount)

    def allow(self, amount: Money, reason: str, at: datetime) -> Change["Folio", "Folio"]:
        """Let the guest off an amount of what was charged, also of a frozen bill; raises InvalidInput."""
        if not self._zero < amount <= self.charges:
            raise InvalidInput(
                "amount", f"must be more than nothing, up to the {self.charges} charged", str(amount)
            )
        number = len(self.entries) + 1
        entry = Entry(
            number=number,
            at=at,
            part=Part.EXTRAS,
            kind=EntryKind.DISCOUNT,
            code=ALLOWANCE,
            text=reason or "allowance",
            amount=-amount,
            group=number,
        )
        return self._with((entry,), at, "FolioAllowed")

    def receive(
        self, amount: Money, *, payment: PaymentId, intent: IntentId, at: datetime, is_deposit: bool = False
    ) -> Change["Folio", "Folio"]:
        """Money was captured on a payment; raises InvalidInput, AlreadyPosted."""
        entry = self._money(EntryKind.PAYMENT, amount, payment, intent, at)
        return self._with(
            (attrs.evolve(entry, amount=-amount, is_deposit=is_deposit),), at, "PaymentReceived"
        )

    def give_back(
        self, amount: Money, *, payment: PaymentId, intent: IntentId, at: datetime
    ) -> Change["Folio", "Folio"]:
        """Money was refunded to a payment; never more than was received on it. Raises InvalidInput, AlreadyPosted."""
        entry = self._money(EntryKind.REFUND, amount, payment, intent, at)
        if amount > self.paid_by(payment):
            raise InvalidInput("amount", f"is more than the {self.paid_by(payment)} paid there", str(amount))
        return self._with((entry,), at, "PaymentRefunded")

    def take(
        self, kind: EntryKind, amount: Money, *, taken_by: str, at: datetime
    ) -> Change["Folio", "Folio"]:
        """Cash or points changed hands at the desk: taken above zero, given back below (`tender` says how much may)."""
        entry = self._moved(kind, -amount, at, taken_by=taken_by)
        return self._with((entry,), at, "TenderTaken" if entry.is_paid else "TenderGivenBack")

    def freeze(self, at: datetime) -> Change["Folio", "Folio"]:
        """Make the final bill: no more charges. Raises FolioFrozen."""
        self._check_open()
        return self._with((), at, "FolioFrozen", is_frozen=True)

    def reopen(self, at: datetime) -> Change["Folio", "Folio"]:
        """The check-out was called off."""
        return self._with((), at, "FolioReopened", is_frozen=False)

    @property
    def balance(self) -> Money:
        """What the guest still owes; below zero, what the business owes the guest."""
        return self._sum(self.entries)

    @property
    def charges(self) -> Money:
        """What was charged, corrections included."""
        return self._sum(entry for entry in self.entries if entry.part is not Part.MONEY)

    @property
    def booking(self) -> Money:
        """The agreed price of the booking, without extras."""
        return self._sum(entry for entry in self.entries if entry.part is Part.BOOKING)

    @property
    def received(self) -> Money:
        """What was paid, in whatever way, before refunds."""
        return -self._sum(entry for entry in self.entries if entry.part is Part.MONEY and entry.is_paid)

    @property
    def refunded(self) -> Money:
        """What went back."""
        return self._sum(entry for entry in self.entries if entry.part is Part.MONEY and not entry.is_paid)

    @property
    def owed(self) -> Money:
        """What payments through a provider have to cover: the charges, less what was taken at the desk."""
        return self._sum(entry for entry in self.entries if entry.payment is None)

    def paid_in(self, kind: EntryKind) -> Money:
        """What was taken in one way, less what was given back in it."""
        return -self._sum(entry for entry in self.entries if entry.kind is kind)

    @property
    def deposits(self) -> Money:
        """What was received as a deposit, refunds aside."""
        return -self._sum(entry for entry in self.entries if entry.is_deposit)

    def paid_by(self, payment: PaymentId) -> Money:
        """What one payment has paid, refunds taken off."""
        return -self._sum(entry for entry in self.entries if entry.payment == payment)

    @property
    def ledger(self) -> tuple[Posting, ...]:
        """The counterparts of all entries; with the balance they sum to zero.

        An included tax moves its part of the revenue to the taxes.
        """
        postings: list[Posting] = []
        for entry in self.entries:
            postings.append(Posting(ACCOUNTS[entry.kind], -entry.amount, entry.number))
            if entry.included:
                postings.append(Posting(Account.REVENUE, entry.amount, entry.number))
        return tuple(postings)

    def differences(self, lines: Iterable[Line], at: datetime) -> tuple[Entry, ...]:
        """The entries that would make these lines the price of the booking."""
        wanted: dict[_Key, Money] = {}
        texts: dict[_Key, str] = {}
        for line in lines:
            key = (KIND_OF_LINE[line.kind], line.code, line.night, line.included)
            wanted[key] = wanted.get(key, self._zero) + line.amount
            texts[key] = line.source
        for entry in self.entries:
            if entry.part is Part.BOOKING:
                key = (entry.kind, entry.code, entry.night, entry.included)
                wanted[key] = wanted.get(key, self._zero) - entry.amount
                texts.setdefault(key, entry.text)
        first = len(self.entries) + 1
        changed = [(key, amount) for key, amount in wanted.items() if amount]
        return tuple(
            Entry(
                number=first + index,
                at=at,
                part=Part.BOOKING,
                kind=kind,
                code=code,
                text=texts[kind, code, night, included],
                amount=amount,
                night=night,
                included=included,
            )
            for index, ((kind, code, night, included), amount) in enumerate(changed)
        )

    def _money(
        self, kind: EntryKind, amount: Money, payment: PaymentId, intent: IntentId, at: datetime
    ) -> Entry:
        if not amount > self._zero:
            raise InvalidInput("amount", "must be more than nothing", str(amount))
        if any(entry.intent == intent for entry in self.entries):
            raise AlreadyPosted("this movement of money is in the folio", intent=str(intent))
        return self._moved(kind, amount, at, payment=payment, intent=intent)

    def _moved(self, kind: EntryKind, amount: Money, at: datetime, **who: Any) -> Entry:
        number, name = len(self.entries) + 1, kind.value
        return Entry(
            number=number, at=at, part=Part.MONEY, kind=kind, code=name, text=name, amount=amount, **who
        )

    def _none_below_zero(self, entries: tuple[Entry, ...], at: datetime) -> tuple[Entry, ...]:
        """The entries, and what of earlier allowances they leave without anything to be let off from."""
        charges = self.charges + self._sum(entries)
        if not charges.is_negative:
            return entries
        number = len(self.entries) + len(entries) + 1
        return (*entries, _allowance(number, -charges, "allowance beyond what is charged", at))

    def _check_open(self) -> None:
        if self.is_frozen:
            raise FolioFrozen("the final bill is made", reservation=str(self.reservation))

    @property
    def _zero(self) -> Money:
        return Money.zero(self.currency)

    def _sum(self, entries: Iterable[Entry]) -> Money:
        return Money.total((entry.counts for entry in entries), self.currency)

    def _with(
        self, entries: tuple[Entry, ...], at: datetime, name: str, **changes: Any
    ) -> Change["Folio", "Folio"]:
        folio = attrs.evolve(self, entries=(*self.entries, *entries), version=self.version + 1, **changes)
        return Change(folio, (_event(folio, name, at, self._sum(entries)),), self)


_Key = tuple[EntryKind, str, date | None, bool]


def _allowance(number: int, amount: Money, text: str, at: datetime) -> Entry:
    return Entry(
        number=number,
        at=at,
        part=Part.EXTRAS,
        kind=EntryKind.DISCOUNT,
        code="allowance",
        text=text,
        amount=amount,
        group=number,
    )


def _event(folio: Folio, name: str, at: datetime, amount: Money) -> Event:
    data = {
        "currency": folio.currency,
        "amount_minor": amount.amount_minor,
        "balance_minor": folio.balance.amount_minor,
    }
    return Event(name=name, subject=folio.reservation, version=folio.version, at=at, data=data)
