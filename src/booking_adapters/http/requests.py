"""What clients send: one class per body, and its reading as a command of the engine.

Nothing here names a status or a tenant: those are never taken from a client. Nor are prices; a total that was shown
is compared with the price, and that is all.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import attrs
from litestar.openapi.spec import Example
from litestar.params import Body

from booking_adapters.http.refusals import FieldError, InvalidFields
from booking_core.domain.availability.request import LARGEST_QUANTITY
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.catalog.service import MOST_NEEDS
from booking_core.domain.kernel.errors import InvalidDates, InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.payments.intent import LONGEST_REFERENCE
from booking_core.domain.pricing.request import MOST_CODES
from booking_core.domain.reservations.party import ADULT_AGE, LONGEST_TEXT, MOST_PEOPLE, Customer, Party
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.wanted import Wanted

LONGEST_REASON = 500
MOST_WAIVED = 50

ServiceKey = Annotated[
    str, Body(min_length=1, description="Key of the service.", examples=[Example(value="visit")])
]
Start = Annotated[datetime | None, Body(description="Start, with a UTC offset. Not for stays.")]
End = Annotated[
    datetime | None, Body(description="End; only where the customer chooses the length (rentals).")
]
Quantity = Annotated[
    int | None,
    Body(
        ge=1,
        le=LARGEST_QUANTITY,
        description="How many places (seats, rooms) to take; left out: seats for the whole party, where seats are sold,"
        " else one.",
    ),
]
Chosen = Annotated[
    tuple[str, ...],
    Body(
        max_items=MOST_NEEDS,
        description="Keys of resources that the customer chose; the rest is chosen for them.",
    ),
]
Reason = Annotated[str, Body(max_length=LONGEST_REASON, description="In a sentence, for the history.")]
Waived = Annotated[
    tuple[str, ...],
    Body(
        description="Names of rules that staff set aside for this one.",
        schema_extra={"maxItems": MOST_WAIVED},
    ),
]


@attrs.frozen(kw_only=True)
class StayBody:
    """Nights by their dates: a guest leaving on the 18th leaves that night free."""

    check_in: Annotated[date, Body(description="Date of arrival.", examples=[Example(value="2026-03-13")])]
    check_out: Annotated[date, Body(description="Date of departure.", examples=[Example(value="2026-03-15")])]

    def stay(self) -> Stay:
        """The stay; raises InvalidDates naming the field."""
        try:
            return Stay.between(self.check_in, self.check_out)
        except InvalidDates as refused:
            raise InvalidDates(f"stay.{refused.field}", refused.reason, refused.details["value"]) from None


@attrs.frozen(kw_only=True)
class PartyBody:
    """Who comes."""

    adults: Annotated[int, Body(ge=0, le=MOST_PEOPLE, description="People of full age.")] = 1
    child_ages: Annotated[
        tuple[Annotated[int, Body(ge=0, lt=ADULT_AGE)], ...], Body(description="Age of each child in years.")
    ] = ()

    def party(self) -> Party:
        """The party; raises InvalidInput naming the field."""
        return Party(self.adults, self.child_ages)


@attrs.frozen(kw_only=True)
class CustomerBody:
    """Who books."""

    name: Annotated[
        str,
        Body(
            min_length=1, max_length=LONGEST_TEXT, description="Full name.", examples=[Example(value="Ada")]
        ),
    ]
    email: Annotated[str, Body(max_length=LONGEST_TEXT, description="Where the confirmation goes.")] = ""
    phone: Annotated[str, Body(max_length=LONGEST_TEXT, description="Telephone number.")] = ""

    def customer(self) -> Customer:
        """The customer; raises InvalidInput naming the field."""
        return Customer(name=self.name, email=self.email, phone=self.phone)


@attrs.frozen(kw_only=True)
class HoldBody:
    """A service at a time: `start` alone, `start` and `end` (rentals), or `stay` (nights)."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"service": "visit", "start": "2026-03-02T10:00:00+01:00"}

    service: ServiceKey
    start: Start = None
    end: End = None
    stay: StayBody | None = None
    quantity: Quantity = None
    party: PartyBody = PartyBody()
    resources: Chosen = ()

    def wanted(self, waived: tuple[str, ...] = ()) -> Wanted:
        """What is wanted; raises InvalidInput naming the field."""
        return Wanted(
            service=self.service,
            start=self.start,
            end=self.end,
            stay=_stay(self.stay, self.start, self.end),
            quantity=self.quantity,
            party=self.party.party(),
            resources=self.resources,
            waived=_waived(waived),
        )


@attrs.frozen(kw_only=True)
class QuoteBody(HoldBody):
    """What is wanted, with what decides its price."""

    rate_plan: Annotated[str | None, Body(description="Rate plan to price by, such as AAA.")] = None
    codes: Annotated[tuple[str, ...], Body(max_items=MOST_CODES, description="Promotion codes.")] = ()

    def wanted(self, waived: tuple[str, ...] = ()) -> Wanted:
        """What is wanted; raises InvalidInput naming the field."""
        return attrs.evolve(super().wanted(waived), rate_plan=self.rate_plan, codes=self.codes)


@attrs.frozen(kw_only=True)
class TotalBody:
    """An amount in whole minor units (cents) of a currency."""

    amount_minor: Annotated[int, Body(ge=0, description="In minor units: 66414 for 664.14 dollars.")]
    currency: Annotated[str, Body(description="ISO 4217 code.", examples=[Example(value="USD")])]

    def money(self, field: str = "displayed_total") -> Money:
        """The amount; raises InvalidInput naming what is wrong in the field."""
        if self.amount_minor < 0:
            raise InvalidInput(f"{field}.amount_minor", "must not be negative", self.amount_minor)
        try:
            return Money(self.amount_minor, self.currency)
        except InvalidInput as refused:
            raise InvalidInput(f"{field}.{refused.field}", refused.reason, refused.details["value"]) from None


@attrs.frozen(kw_only=True)
class BookBody(QuoteBody):
    """A reservation to make, directly or of a hold that the session placed for exactly this."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        **HoldBody.EXAMPLE,
        "customer": {"name": "Ada Lovelace", "email": "ada@example.org"},
    }

    customer: CustomerBody
    hold: Annotated[
        UUID | None, Body(description="Id of the session's hold that becomes the reservation.")
    ] = None
    quote: Annotated[
        UUID | None, Body(description="Id of the quote that was given for exactly this; its price is kept.")
    ] = None
    displayed_total: Annotated[
        TotalBody | None,
        Body(description="The total that the customer saw; PRICE_CHANGED answers where it is another now."),
    ] = None
    method: Annotated[
        str,
        Body(
            max_length=LONGEST_REFERENCE,
            description="Payment method, by the provider's name, that pays what is asked for ahead.",
            examples=[Example(value="pm_card_visa")],
        ),
    ] = ""


@attrs.frozen(kw_only=True)
class StaffBookBody(BookBody):
    """A reservation that staff make; they may waive rules, never the lanes."""

    waived: Waived = ()
    pay_later: Annotated[bool, Body(description="Whether the guest pays at the desk.")] = False


@attrs.frozen(kw_only=True)
class MoveBody:
    """The reservation as it shall be. What is left out stays as it is, but a time must be given."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"start": "2026-03-03T11:00:00+01:00"}

    service: Annotated[
        str | None,
        Body(
            min_length=1, description="Key of another service (type of room) of the place; left out: as now."
        ),
    ] = None
    start: Start = None
    end: End = None
    stay: StayBody | None = None
    quantity: Annotated[
        int | None,
        Body(ge=1, le=LARGEST_QUANTITY, description="Left out: as many as now, or as another party takes."),
    ] = None
    party: Annotated[PartyBody | None, Body(description="Left out: as now.")] = None
    resources: Chosen = ()
    any_resource: Annotated[bool, Body(description="Whether others may serve than those of now.")] = False
    method: Annotated[
        str,
        Body(
            max_length=LONGEST_REFERENCE,
            description="Payment method for what it costs more; left out, the card that paid before.",
        ),
    ] = ""
    displayed_total: Annotated[
        TotalBody | None,
        Body(description="The new total that the customer saw; PRICE_CHANGED answers where it is another."),
    ] = None

    def wanted(self, now: Reservation) -> Wanted:
        """What is wanted instead of what is; raises InvalidInput naming the field."""
        return Wanted(
            service=self.service or str(now.service),
            start=self.start,
            end=self.end,
            stay=_stay(self.stay, self.start, self.end),
            quantity=self._places(now),
            party=now.party if self.party is None else self.party.party(),
            resources=self.resources,
        )

    def _places(self, now: Reservation) -> int | None:
        """How many; another party takes other seats, where those are sold."""
        follows_party = self.party is not None and now.policy.trade is Trade.ACTIVITY
        return self.quantity if self.quantity is not None or follows_party else now.quantity


@attrs.frozen(kw_only=True)
class StaffMoveBody(MoveBody):
    """A move that staff make; they may waive rules, never the lanes.

    They may also sell it under another rate plan or other codes, and let the guest off what falls away, with a reason.
    """

    waived: Waived = ()
    pay_later: Annotated[bool, Body(description="Whether the guest pays at the desk.")] = False
    rate_plan: Annotated[str | None, Body(description="Left out: as agreed.")] = None
    codes: Annotated[tuple[str, ...], Body(max_items=MOST_CODES, description="Left out: as agreed.")] = ()
    waives_penalty: Annotated[
        bool, Body(description="Whether nothing is owed for nights that fall away.")
    ] = False
    reason: Reason = ""

    def wanted(self, now: Reservation) -> Wanted:
        """What is wanted instead of what is; raises InvalidInput naming the field."""
        return attrs.evolve(
            super().wanted(now), waived=_waived(self.waived), rate_plan=self.rate_plan, codes=self.codes
        )


@attrs.frozen(kw_only=True)
class ReasonBody:
    """Why, where somebody wants to say."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"reason": "fell ill"}

    reason: Reason = ""

    def checked(self) -> str:
        """The reason; raises InvalidInput for a long one."""
        return checked_reason(self.reason)


@attrs.frozen(kw_only=True)
class StaffCancelBody(ReasonBody):
    """Why; staff may let the guest off the penalty, and then say why."""

    waives_penalty: Annotated[bool, Body(description="Whether nothing is owed for calling off.")] = False


@attrs.frozen(kw_only=True)
class PayBody:
    """With what a guest pays."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"method": "pm_card_visa"}

    method: Annotated[
        str,
        Body(
            min_length=1, max_length=LONGEST_REFERENCE, description="Payment method, by the provider's name."
        ),
    ]


@attrs.frozen(kw_only=True)
class RefundBody:
    """What staff give back, and why."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "amount": {"amount_minor": 5000, "currency": "USD"},
        "reason": "no hot water",
    }

    amount: TotalBody
    reason: Annotated[str, Body(min_length=1, max_length=LONGEST_REASON, description="In a sentence.")]


@attrs.frozen(kw_only=True)
class CloseBody:
    """When a resource is closed: all of it, or `quantity` of its places."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "start": "2026-03-04T00:00:00+01:00",
        "end": "2026-03-05T00:00:00+01:00",
        "reason": "repairs",
    }

    start: Annotated[datetime, Body(description="From when, with a UTC offset.")]
    end: Annotated[datetime, Body(description="Until when (not included), with a UTC offset.")]
    reason: Reason = ""
    quantity: Annotated[
        int | None, Body(ge=1, description="How many places; left out: the whole resource.")
    ] = None

    def period(self) -> Period:
        """The period; raises InvalidDates naming the field."""
        return Period.between(self.start, self.end)


def checked_reason(reason: str) -> str:
    """The reason itself; raises InvalidInput for a long one."""
    if len(reason) > LONGEST_REASON:
        raise InvalidInput("reason", f"is longer than {LONGEST_REASON} characters")
    return reason


def _stay(body: StayBody | None, start: datetime | None, end: datetime | None) -> Stay | None:
    if body is None:
        return None
    given = [field for field, value in (("start", start), ("end", end)) if value is not None]
    if given:
        raise InvalidFields(FieldError(field, "cannot be given together with stay") for field in given)
    return body.stay()


def _waived(names: tuple[str, ...]) -> frozenset[str]:
    if len(names) > MOST_WAIVED:
        raise InvalidInput("waived", f"has more than {MOST_WAIVED} members", len(names))
    return frozenset(names)
