"""SQLite's errors in the words of the trade; what is none of these is a defect and passes through."""

import sqlite3
from collections.abc import Mapping

from booking_adapters._sql.session import ReferenceGone
from booking_core.domain.kernel.errors import (
    BookingError,
    Busy,
    Conflict,
    InvalidInput,
    LaneTaken,
    StaleVersion,
)

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_PRIMARY_CODE = 0xFF
_UNIQUE = "UNIQUE constraint failed: "
_TAKEN = "the lane was taken in the meantime"
_DOUBLES: Mapping[str, tuple[type[Conflict], str]] = {
    "reservations.tenant_id, reservations.code": (Conflict, "the confirmation number is in use"),
    "reservations.tenant_id, reservations.id": (StaleVersion, "the reservation was made in the meantime"),
    "holds.tenant_id, holds.id": (StaleVersion, "the hold was made in the meantime"),
    "requests.tenant_id, requests.key": (Conflict, "this idempotency key was used in the meantime"),
    "tenants.key": (Conflict, "the tenant's key is in use"),
    "tenants.tenant_id": (StaleVersion, "the catalog was changed in the meantime"),
    "closures.tenant_id, closures.source": (Conflict, "this busy time was closed in the meantime"),
    "allocations.": (LaneTaken, _TAKEN),
    "waitlist.": (StaleVersion, "the place in the waitlist was taken in the meantime"),
    "series_occurrences.": (Conflict, "the reservation belongs to another series"),
    "folios.": (StaleVersion, "the folio was opened in the meantime"),
    "folio_entries.tenant_id, folio_entries.reservation_id": (StaleVersion, "the folio was changed"),
    "folio_entries.tenant_id, folio_entries.intent_id": (Conflict, "this movement of money is in a folio"),
    "payments.": (StaleVersion, "the payment was made in the meantime"),
    "intents.tenant_id, intents.id": (StaleVersion, "the intent was written in the meantime"),
    "intents.tenant_id, intents.payment_id": (Conflict, "another instruction for the payment is under way"),
    "calendar_feeds.": (Conflict, "another feed has this token"),
    "calendar_targets.": (Conflict, "the resource is linked to this account already"),
    "calendar_pushes.": (Conflict, "the calendar has another entry of the reservation"),
    "channel_links.tenant_id, channel_links.channel": (
        StaleVersion,
        "the channel's booking was linked in the meantime",
    ),
    "channel_links.": (Conflict, "the reservation is another booking of a channel"),
    "channel_listings.": (Conflict, "the channel has another listing of this code"),
    "rooms.": (StaleVersion, "the room was changed in the meantime"),
    "guests.": (StaleVersion, "the guest was recorded in the meantime"),
    "guest_visits.": (Conflict, "this visit is in a history"),
    "loyalty_accounts.": (StaleVersion, "the account was opened in the meantime"),
    "room_assignments.": (StaleVersion, "the rooms were assigned in the meantime"),
    "intents.": (Conflict, "the key or what the provider made belongs to another intent"),
}


def translated(error: sqlite3.Error | UnicodeEncodeError) -> BookingError | None:
    """The refusal that an error means, or None."""
    if isinstance(error, UnicodeEncodeError):
        return InvalidInput("text", "contains a character that cannot be stored")
    if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & _PRIMARY_CODE in _BUSY:
        return Busy("another process is writing to the file; please try again")
    return _broken_rule(error) if isinstance(error, sqlite3.IntegrityError) else None


def _broken_rule(error: sqlite3.IntegrityError) -> BookingError | None:
    if str(error) == "lane_taken":
        return LaneTaken(_TAKEN)
    if error.sqlite_errorname == "SQLITE_CONSTRAINT_FOREIGNKEY":
        return ReferenceGone("what this refers to is gone")
    columns = str(error).removeprefix(_UNIQUE)
    for start, (refusal, message) in _DOUBLES.items():
        if columns.startswith(start):
            return refusal(message)
    return None
