"""What clients see of prices: quotes, their lines and terms, what calling off costs, and free periods."""

from datetime import date, datetime
from uuid import UUID

import attrs


@attrs.frozen(kw_only=True)
class PriceView:
    """An amount in whole minor units (cents) of a currency."""

    amount_minor: int
    currency: str


@attrs.frozen(kw_only=True)
class LineView:
    """One amount of a price, and where it comes from; `night` is null for what belongs to the whole booking.

    `kind` is `rate`, `extra_guest`, `length_of_stay`, `plan`, `promotion`, `fee`, `tax` or `penalty`. What is
    `included` is in the price already and adds nothing.
    """

    kind: str
    code: str
    source: str
    amount_minor: int
    night: date | None
    included: bool


@attrs.frozen(kw_only=True)
class TotalsView:
    """Sums in minor units; subtotal, discounts, fees, taxes and penalties add up to the total."""

    currency: str
    subtotal_minor: int
    discounts_minor: int
    fees_minor: int
    taxes_minor: int
    penalties_minor: int
    included_minor: int
    total_minor: int


@attrs.frozen(kw_only=True)
class TermsWindow:
    """What calling off costs after `after`, up to and including `until`: one of `percent`, `first_night`, `amount`.

    `text` says all of it in a sentence.
    """

    after: datetime | None
    until: datetime | None
    percent: str | None
    first_night: bool
    amount: PriceView | None
    text: str


@attrs.frozen(kw_only=True)
class TermsView:
    """The terms of calling off; `text` says until when it is free, in the venue's local time, in a `language`."""

    name: str
    text: str
    language: str
    free_until: datetime | None
    windows: tuple[TermsWindow, ...]


@attrs.frozen(kw_only=True)
class AgreedView:
    """A price with its lines and terms; `rounding` says how amounts were rounded.

    `fingerprint` is the same for the same price of the same thing.
    """

    rate_plan: str | None
    codes: tuple[str, ...]
    totals: TotalsView
    lines: tuple[LineView, ...]
    cancellation: TermsView | None
    rounding: str
    fingerprint: str


@attrs.frozen(kw_only=True)
class QuoteView:
    """A price that holds until just before `expires_at`. It claims nothing: for that there are holds."""

    id: UUID
    service: str
    resource: str
    price: AgreedView
    made_at: datetime
    expires_at: datetime


@attrs.frozen(kw_only=True)
class CancellationCost:
    """What is owed, what staff let go of it, what goes back of what was paid, and whether any does (`due`).

    `outstanding` is the part of the penalty that is still to be paid.
    """

    penalty: PriceView
    waived: PriceView
    refund: PriceView
    outstanding: PriceView
    refund_status: str


@attrs.frozen(kw_only=True)
class CancellationView:
    """What calling off at `at` would mean; `cost` is null where no price or no terms were agreed.

    Where `may_cancel` is false it is too late to do it online; staff still can.
    """

    at: datetime
    may_cancel: bool
    cost: CancellationCost | None


@attrs.frozen(kw_only=True)
class FreePeriod:
    """From `start` until just before `end`, in UTC."""

    start: datetime
    end: datetime


@attrs.frozen(kw_only=True)
class FreeResource:
    """When one resource is open and free, ascending."""

    resource: str
    name: str
    periods: tuple[FreePeriod, ...]


@attrs.frozen(kw_only=True)
class FreePeriodsView:
    """Free periods by resource; `has_more` says that the list was cut: ask for a shorter window."""

    service: str
    zone: str
    resources: tuple[FreeResource, ...]
    has_more: bool
