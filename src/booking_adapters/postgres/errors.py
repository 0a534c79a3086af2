"""Postgres' errors in the words of the trade; what is none of these is a defect and passes through."""

from collections.abc import Mapping

import psycopg
from psycopg import errors

from booking_adapters._sql.session import ReferenceGone
from booking_core.domain.kernel.errors import BookingError, Conflict, InvalidInput, LaneTaken, StaleVersion

# By the beginning of the constraint's name: a distributed table's shards add a number to it.
_DOUBLES: Mapping[str, BookingError] = {
    "reservations_code_key": Conflict("the confirmation number is in use"),
    "reservations_pkey": StaleVersion("the reservation was made in the meantime"),
    "holds_pkey": StaleVersion("the hold was made in the meantime"),
    "requests_pkey": Conflict("this idempotency key was used in the meantime"),
    "tenants_key_key": Conflict("the tenant's key is in use"),
    "tenants_pkey": StaleVersion("the catalog was changed in the meantime"),
    "catalogs_pkey": StaleVersion("the catalog was changed in the meantime"),
    "allocations_": LaneTaken("the lane was taken in the meantime"),
}


def translated(error: psycopg.Error) -> BookingError | None:
    """The refusal that an error means, or None."""
    match error:
        case errors.DeadlockDetected() | errors.SerializationFailure() | errors.LockNotAvailable():
            return Conflict("several changes met; none of this one was made")
        case errors.UniqueViolation() | errors.ExclusionViolation():
            name = error.diag.constraint_name or ""
            return next((refusal for start, refusal in _DOUBLES.items() if name.startswith(start)), None)
        case errors.ForeignKeyViolation():
            return ReferenceGone("what this refers to is gone")
        case psycopg.DataError() if error.sqlstate in {None, "22021", "22P05"}:
            return InvalidInput("text", "contains a character that cannot be stored")
    return None
