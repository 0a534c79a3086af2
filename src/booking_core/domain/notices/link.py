"""A link that lets whoever has it manage one reservation, or answer one offer, without an account."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

import attrs

from booking_core.domain.notices.subject import Subject
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.waitlist.entry import WaitlistEntry

AFTER_THE_END = timedelta(days=7)
"""How long after its end a reservation, or an offer, can still be looked at through its links."""
LONGEST_TOKEN = 200


class Purpose(StrEnum):
    """What a link is good for."""

    MANAGE = "manage"
    OFFER = "offer"


@attrs.frozen(kw_only=True)
class Link:
    """What is kept of a link: the hash of its token, never the token. Good for one purpose and one thing."""

    hash: str
    purpose: Purpose
    about: Subject
    expires_at: datetime
    revoked_at: datetime | None = None

    @classmethod
    def to_manage(cls, reservation: Reservation, token: str) -> "Link":
        """For a customer, until a week after the end."""
        return cls(
            hash=token_hash(token),
            purpose=Purpose.MANAGE,
            about=Subject(reservation=reservation.id),
            expires_at=reservation.period.end + AFTER_THE_END,
        )

    @classmethod
    def to_answer(cls, entry: WaitlistEntry, token: str) -> "Link":
        """For whoever has an offer, until a week after it ends."""
        assert entry.offer is not None, "there is nothing to answer"
        return cls(
            hash=token_hash(token),
            purpose=Purpose.OFFER,
            about=Subject(entry=entry.id),
            expires_at=entry.offer.until + AFTER_THE_END,
        )

    def is_good(self, purpose: Purpose, at: datetime) -> bool:
        """Whether it opens what it is for, now."""
        return self.purpose is purpose and self.revoked_at is None and at < self.expires_at


def token_hash(token: str) -> str:
    """The SHA-256 of a token in 64 hex digits. Tokens are random and long, so they need no salt."""
    return hashlib.sha256(token[: LONGEST_TOKEN + 1].encode("utf-8", "surrogatepass")).hexdigest()
