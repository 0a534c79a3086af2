"""What clients send and are shown of the waitlist."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import attrs
from litestar.params import Body

from booking_adapters.http.requests import CustomerBody, HoldBody
from booking_adapters.http.views import CustomerView
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.notices.link import LONGEST_TOKEN
from booking_core.domain.waitlist.entry import WaitlistEntry

Token = Annotated[
    str, Body(min_length=1, max_length=LONGEST_TOKEN, description="What joining the line answered with.")
]


@attrs.frozen(kw_only=True)
class JoinBody(HoldBody):
    """What is waited for, and who is told; with `latest`, any slot that starts from `start` to then."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        **HoldBody.EXAMPLE,
        "customer": {"name": "Ada Lovelace", "email": "ada@example.org"},
    }

    customer: CustomerBody
    latest: Annotated[
        datetime | None, Body(description="The latest start, where any slot in between will do.")
    ] = None


@attrs.frozen(kw_only=True)
class TokenBody:
    """Who knows the token may see, accept and leave."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"token": "the-token-that-joining-answered-with"}

    token: Token


@attrs.frozen(kw_only=True)
class PlaceOfferView:
    """What is offered, and until when."""

    start: datetime
    end: datetime
    until: datetime


@attrs.frozen(kw_only=True)
class WaitlistEntryView:
    """A place in the line. Its token is shown once, when it is taken."""

    id: UUID
    service: str
    state: str
    start: datetime
    end: datetime
    quantity: int
    joined_at: datetime
    offer: PlaceOfferView | None = None
    reservation: UUID | None = None
    token: str | None = None


@attrs.frozen(kw_only=True)
class StaffEntryView:
    """A place in the line, with who has it."""

    entry: WaitlistEntryView
    customer: CustomerView


@attrs.frozen(kw_only=True)
class LineUpView:
    """Who waits, the first one first."""

    entries: tuple[StaffEntryView, ...]


def entry_view(catalog: Catalog, entry: WaitlistEntry, token: str | None = None) -> WaitlistEntryView:
    """A place in the line, without personal data."""
    service, offer = catalog.services.get(entry.service), entry.offer
    is_booked = offer is not None and entry.state.value == "booked"
    return WaitlistEntryView(
        id=entry.id,
        service=service.key if service else str(entry.service),
        state=entry.state.value,
        start=entry.period.start,
        end=entry.period.end,
        quantity=entry.quantity,
        joined_at=entry.joined_at,
        offer=None
        if offer is None
        else PlaceOfferView(start=offer.period.start, end=offer.period.end, until=offer.until),
        reservation=offer.hold if offer is not None and is_booked else None,
        token=token,
    )


def staff_entry_view(catalog: Catalog, entry: WaitlistEntry) -> StaffEntryView:
    """A place in the line, with who has it."""
    who = entry.customer
    return StaffEntryView(
        entry=entry_view(catalog, entry),
        customer=CustomerView(name=who.name, email=who.email, phone=who.phone),
    )
