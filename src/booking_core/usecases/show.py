"""Look a reservation up."""

import re

import attrs

from booking_core.domain.kernel.ids import ClaimId, TenantId, parse_uuid
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.storage import UnitOfWork

_LOOKS_LIKE_ID = re.compile(r"[0-9a-fA-F-]{36}")


@attrs.frozen(kw_only=True)
class ShowQuery:
    """A reservation by its confirmation number or its id."""

    tenant: TenantId
    reservation: str


@attrs.frozen(kw_only=True)
class Show:
    """Finds one reservation."""

    begin: UnitOfWork

    def __call__(self, query: ShowQuery) -> Reservation:
        """The reservation; raises NotFound, InvalidInput for an id that is none."""
        with self.begin.reading(query.tenant) as tx:
            if _LOOKS_LIKE_ID.fullmatch(query.reservation):
                return tx.reservations.get(ClaimId(parse_uuid(query.reservation, "reservation")))
            return tx.reservations.find(query.reservation)
