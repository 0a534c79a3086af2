"""Ids of dead letters that are ids of what they are about."""

from uuid import UUID

from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.ids import parse_uuid


def id_of(letter: str) -> UUID:
    """The id that a letter's is; raises NotFound for what is none."""
    try:
        return parse_uuid(letter, "letter")
    except InvalidInput:
        raise NotFound("dead letter", letter) from None
