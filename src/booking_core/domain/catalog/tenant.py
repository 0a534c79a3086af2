"""The business and its places."""

from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.catalog.desk import DeskTerms
from booking_core.domain.catalog.schedule import DAY_MINUTES
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import TenantId, VenueId

LARGEST_TOLERANCE_MINOR = 10_000_000


@attrs.frozen(kw_only=True)
class Tenant:
    """A business. It owns all its data; nothing crosses tenants.

    `price_tolerance_minor` is by how much a price may differ from what the customer saw without asking again, in
    minor units of the currency in question.
    """

    id: TenantId
    key: str
    name: str
    price_tolerance_minor: int = 0

    def __attrs_post_init__(self) -> None:
        """Refuse tolerances that tolerate nothing or everything."""
        if not 0 <= self.price_tolerance_minor <= LARGEST_TOLERANCE_MINOR:
            raise InvalidInput(
                "price_tolerance_minor", f"must be 0…{LARGEST_TOLERANCE_MINOR}", self.price_tolerance_minor
            )


@attrs.frozen(kw_only=True)
class Venue:
    """A place with a zone and a currency. `code` starts its confirmation numbers (`GH-NYC`).

    Check-in and check-out are minutes since local midnight; check-out may not come after check-in, so that a
    departure never blocks the night that begins on its date. `holidays` names a calendar of public holidays
    (a country or country-region code), or is None. `desk` says how its front desk works.
    """

    id: VenueId
    key: str
    code: str
    name: str
    zone: ZoneInfo
    currency: str
    check_in: int = 15 * 60
    check_out: int = 11 * 60
    holidays: str | None = None
    desk: DeskTerms = attrs.field(factory=DeskTerms)

    def __attrs_post_init__(self) -> None:
        """Refuse hours that are not on the clock, and those under which guests of successive nights would overlap."""
        for field, value in (("check_in", self.check_in), ("check_out", self.check_out)):
            if not 0 <= value < DAY_MINUTES:
                raise InvalidInput(field, f"must be 0…{DAY_MINUTES - 1} minutes since midnight", value)
        if self.check_out > self.check_in:
            raise InvalidInput("check_out", "may not come after check_in", self.check_out)
        if self.desk.currencies - {self.currency}:
            raise InvalidInput("desk", "has amounts in another currency than the venue's", self.currency)
