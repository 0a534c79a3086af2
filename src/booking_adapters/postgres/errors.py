"""Postgres' errors in the words of the trade; what is none of these is a defect and passes through."""

from collections.abc import Mapping

import psycopg
from psycopg import errors

from booking_adapters._sql.session import ReferenceGone
from booking_core.domain.kernel.errors import (
    BookingError,
    Busy,
    Conflict,
    InvalidInput,
    LaneTaken,
    StaleVersion,
)

# By the beginning of the constraint's name: a distributed table's shards add a number to it.
_DOUBLES: Mapping[str, tuple[type[Conflict], str]] = {
    "reservations_code_key": (Conflict, "the confirmation number is in use"),
    "reservations_pkey": (StaleVersion, "the reservation was made in the meantime"),
    "holds_pkey": (StaleVersion, "the hold was made in the meantime"),
    "requests_pkey": (Conflict, "this idempotency key was used in the meantime"),
    "tenants_key_key": (Conflict, "the tenant's key is in use"),
    "tenants_pkey": (StaleVersion, "the catalog was changed in the meantime"),
    "catalogs_pkey": (StaleVersion, "the catalog was changed in the meantime"),
    "closures_once_idx": (Conflict, "this busy time was closed in the meantime"),
    "allocations_": (LaneTaken, "the lane was taken in the meantime"),
    "waitlist_pkey": (StaleVersion, "the place in the waitlist was taken in the meantime"),
    "series_occurrences_": (Conflict, "the reservation belongs to another series"),
    "folios_pkey": (StaleVersion, "the folio was opened in the meantime"),
    "folio_entries_pkey": (StaleVersion, "the folio was changed"),
    "folio_entries_intent_idx": (Conflict, "this movement of money is in a folio"),
    "payments_pkey": (StaleVersion, "the payment was made in the meantime"),
    "intents_pkey": (StaleVersion, "the intent was written in the meantime"),
    "intents_one_": (Conflict, "another instruction for the payment is under way"),
    "calendar_feeds_": (Conflict, "another feed has this token"),
    "calendar_targets_": (Conflict, "the resource is linked to this account already"),
    "calendar_pushes_": (Conflict, "the calendar has another entry of the reservation"),
    "channel_links_pkey": (StaleVersion, "the channel's booking was linked in the meantime"),
    "channel_links_": (Conflict, "the reservation is another booking of a channel"),
    "channel_listings_pkey": (StaleVersion, "the listing was made in the meantime"),
    "channel_listings_": (Conflict, "the channel has another listing of this code"),
    "rooms_pkey": (StaleVersion, "the room was changed in the meantime"),
    "guests_": (StaleVersion, "the guest was recorded in the meantime"),
    "guest_visits_": (Conflict, "this visit is in a history"),
    "loyalty_accounts_": (StaleVersion, "the account was opened in the meantime"),
    "room_assignments_pkey": (StaleVersion, "the rooms were assigned in the meantime"),
    "intents_": (Conflict, "the key or what the provider made belongs to another intent"),
}
_NO_TEXT = (None, "22021", "22P05")
"""SQL states of characters that Postgres' text cannot hold; None is the driver's own refusal of a NUL."""


def translated(error: psycopg.Error | UnicodeEncodeError) -> BookingError | None:
    """The refusal that an error means, or None."""
    match error:
        case errors.DeadlockDetected() | errors.SerializationFailure():
            return Conflict("several changes met; none of this one was made")
        case errors.LockNotAvailable() | errors.QueryCanceled():
            # The limits of `SET_UP`: whoever waited that long shall not begin to wait anew.
            return Busy("the database is busy; nothing was changed, please try again")
        case errors.UniqueViolation() | errors.ExclusionViolation():
            return _double(error.diag.constraint_name or "")
        case errors.ForeignKeyViolation():
            return ReferenceGone("what this refers to is gone")
    return InvalidInput("text", "contains a character that cannot be stored") if _is_no_text(error) else None


def _is_no_text(error: psycopg.Error | UnicodeEncodeError) -> bool:
    return isinstance(error, UnicodeEncodeError) or (
        isinstance(error, psycopg.DataError) and error.sqlstate in _NO_TEXT
    )


def _double(constraint: str) -> BookingError | None:
    for start, (refusal, message) in _DOUBLES.items():
        if constraint.startswith(start):
            return refusal(message)
    return None
