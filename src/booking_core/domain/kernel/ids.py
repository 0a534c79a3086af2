"""Names of things: typed UUIDs for rows, short keys for people and addresses."""

import re
from datetime import UTC, datetime, timedelta
from typing import NewType
from uuid import UUID

from booking_core.domain.kernel.errors import InvalidInput

TenantId = NewType("TenantId", UUID)
VenueId = NewType("VenueId", UUID)
ResourceId = NewType("ResourceId", UUID)
UnitId = NewType("UnitId", UUID)
ServiceId = NewType("ServiceId", UUID)
ClosureId = NewType("ClosureId", UUID)
ClaimId = NewType("ClaimId", UUID)
"""What an allocation belongs to. A hold and the reservation made of it share one claim id."""
QuoteId = NewType("QuoteId", UUID)
EventId = NewType("EventId", UUID)
PaymentId = NewType("PaymentId", UUID)
"""One logical payment: everything that is authorised, captured and refunded on it."""
IntentId = NewType("IntentId", UUID)
TaskId = NewType("TaskId", UUID)
SeriesId = NewType("SeriesId", UUID)
WaitlistEntryId = NewType("WaitlistEntryId", UUID)
AlertId = NewType("AlertId", UUID)
FeedId = NewType("FeedId", UUID)
SubscriptionId = NewType("SubscriptionId", UUID)
TargetId = NewType("TargetId", UUID)
PushId = NewType("PushId", UUID)
ListingId = NewType("ListingId", UUID)
"""What a channel sells of ours."""
EndpointId = NewType("EndpointId", UUID)
"""An address of a tenant's own that is told what happens."""
DeliveryId = NewType("DeliveryId", UUID)
NoticeId = NewType("NoticeId", UUID)
BrowserId = NewType("BrowserId", UUID)
"""A browser that shows pushed notices."""
AmendmentId = NewType("AmendmentId", UUID)

LONGEST_KEY = 64
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


def first_id_of(moment: datetime) -> UUID:
    """The least UUIDv7 (RFC 9562 section 5.7) of an instant's millisecond: ids made before it are lower."""
    milliseconds = (moment - EARLIEST) // timedelta(milliseconds=1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62)


def parse_uuid(text: str, field: str = "id") -> UUID:
    """A UUID in its usual 36-character form; raises InvalidInput."""
    if isinstance(text, str) and len(text) == 36:  # noqa: PLR2004 - the length RFC 9562 section 4 gives
        try:
            found = UUID(text)
        except ValueError:
            found = None
        if found is not None and str(found) == text.lower():  # UUID() takes braces and hyphens anywhere
            return found
    raise InvalidInput(field, "is not a UUID", text)


def checked_key(text: str, field: str = "key") -> str:
    """A short name for addresses: lower-case letters, digits and inner hyphens, at most 64."""
    if isinstance(text, str) and len(text) <= LONGEST_KEY and _KEY.fullmatch(text):
        return text
    raise InvalidInput(field, "must be 1…64 lower-case letters, digits or inner hyphens", text)
