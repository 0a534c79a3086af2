"""The next free slot."""

from datetime import datetime, timedelta

import attrs

from booking_core.domain.availability.slots import Slot
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.period import LATEST, Period, instant
from booking_core.domain.reservations.party import Party
from booking_core.usecases.search_slots import SearchSlots, SlotQuery

STRETCH = timedelta(days=14)
FARTHEST = timedelta(days=366)


@attrs.frozen(kw_only=True)
class NextSlotQuery:
    """The earliest slot at or after `after`."""

    tenant: TenantId
    service: str
    after: datetime
    quantity: int | None = None
    party: Party = Party()
    resources: tuple[str, ...] = ()
    session: str = ""


@attrs.frozen(kw_only=True)
class NextSlot:
    """Searches a fortnight at a time, for a year."""

    search: SearchSlots

    def __call__(self, query: NextSlotQuery) -> Slot | None:
        """The earliest slot, or None within a year."""
        start = instant(query.after, "after").replace(microsecond=0)
        if start < query.after:
            start += timedelta(seconds=1)
        last = min(start + FARTHEST, LATEST - timedelta(seconds=1))
        while start < last:
            end = min(start + STRETCH, last)
            found = self.search(
                SlotQuery(
                    tenant=query.tenant,
                    service=query.service,
                    window=Period.between(start, end),
                    quantity=query.quantity,
                    party=query.party,
                    resources=query.resources,
                    session=query.session,
                )
            )
            firsts = [slots[0] for slots in found.by_resource.values() if slots]
            if firsts:
                return min(firsts, key=lambda slot: slot.start)
            start = end
        return None
