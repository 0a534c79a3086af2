"""Which reservation a channel's booking is, and what a message about it changes: each revision once, no older one.

Channels send what they have again and again, late, and in any order. A message carries the whole booking as of its
revision, so the newest one is enough, and an older one that arrives later has nothing to add.
"""

from enum import StrEnum

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.kernel.text import plain_text

LONGEST_CHANNEL = 60
LONGEST_REFERENCE = 200
LARGEST_REVISION = 2**63 - 1


class Kind(StrEnum):
    """What a channel says about a booking of its own."""

    NEW = "new"
    MODIFIED = "modified"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """What a message asks of us. Whatever it is, the message is acknowledged, or the channel sends it for ever."""

    BOOK = "book"
    CHANGE = "change"
    CANCEL = "cancel"
    REMEMBER = "remember"
    """A cancellation of what never arrived: nothing to call off, and the booking that comes later is stale."""
    IGNORE = "ignore"


@attrs.frozen(kw_only=True)
class Message:
    """One revision of a channel's booking. `reference` is the channel's name for it; `revision` counts up from 0."""

    channel: str
    reference: str
    revision: int
    kind: Kind

    def __attrs_post_init__(self) -> None:
        """Refuse messages that name no booking or no revision."""
        for field, longest in (("channel", LONGEST_CHANNEL), ("reference", LONGEST_REFERENCE)):
            if not plain_text(getattr(self, field), field, longest).strip():
                raise InvalidInput(field, "is missing")
        if not 0 <= self.revision <= LARGEST_REVISION:
            raise InvalidInput("revision", f"must be 0…{LARGEST_REVISION}", self.revision)


@attrs.frozen(kw_only=True)
class Link:
    """A channel's booking and our reservation of it, as of a revision.

    There is one of a (channel, reference), its revision only grows, and its reservation, once there, never changes.
    `reservation` is None where the cancellation came before the booking. `violations` names the rules that the booking
    breaks as of its revision: it was sold, so it is taken nevertheless.
    """

    channel: str
    reference: str
    revision: int
    reservation: ClaimId | None
    is_cancelled: bool
    violations: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        """A booking that was never made here is known only because it was called off."""
        assert self.reservation is not None or self.is_cancelled, "what is not booked is cancelled"


def verdict_on(message: Message, link: Link | None) -> Verdict:
    """What a message asks, given what is known of the booking.

    A modification of an unknown booking books it (the first message was lost or is late), and a booking that is
    "new" again in a later revision is a change. What a channel has called off stays so: it books anew under a
    reference of its own.
    """
    if link is None:
        return Verdict.REMEMBER if message.kind is Kind.CANCELLED else Verdict.BOOK
    assert (message.channel, message.reference) == (link.channel, link.reference), "another booking's link"
    if message.revision <= link.revision or link.is_cancelled:
        return Verdict.IGNORE
    return Verdict.CANCEL if message.kind is Kind.CANCELLED else Verdict.CHANGE


def linked(message: Message, link: Link | None, reservation: ClaimId | None = None) -> Link:
    """The link after a message was followed; `reservation` is what was booked for a verdict of BOOK.

    A stale or repeated message leaves the link as it is, but a late revision of what is called off is counted.
    """
    verdict = verdict_on(message, link)
    assert (verdict is Verdict.BOOK) == (reservation is not None), "what is booked is new, and nothing else"
    if link is not None:
        is_cancelled = link.is_cancelled or verdict is Verdict.CANCEL
        return attrs.evolve(link, revision=max(link.revision, message.revision), is_cancelled=is_cancelled)
    return Link(
        channel=message.channel,
        reference=message.reference,
        revision=message.revision,
        reservation=reservation,
        is_cancelled=message.kind is Kind.CANCELLED,
    )
