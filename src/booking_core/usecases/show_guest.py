"""What a guest has been to the house, and their points."""

import attrs

from booking_core.domain.frontdesk.guests import Guest
from booking_core.domain.frontdesk.loyalty import LoyaltyAccount
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.storage import UnitOfWork


@attrs.frozen(kw_only=True)
class GuestQuery:
    """A guest by the key of a customer: mail address, else telephone, else name."""

    tenant: TenantId
    guest: str


@attrs.frozen
class GuestFile:
    """The history and the points of a guest; either may be missing."""

    guest: Guest | None
    account: LoyaltyAccount | None


@attrs.frozen(kw_only=True)
class ShowGuest:
    """Finds a guest."""

    begin: UnitOfWork

    def __call__(self, query: GuestQuery) -> GuestFile:
        """History and points; raises NotFound where there is neither."""
        key = query.guest.strip().casefold()
        with self.begin.reading(query.tenant) as tx:
            found = GuestFile(tx.front_desk.guests.find(key), tx.front_desk.loyalty.find(key))
        if found.guest is None and found.account is None:
            raise NotFound("guest", query.guest)
        return found
