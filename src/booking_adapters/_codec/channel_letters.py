"""What failed as dead letters: messages of channels and to them, and messages to a tenant's own addresses."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from booking_adapters._codec.letters import letter_of
from booking_core.domain.channels.link import Kind, Message
from booking_core.domain.channels.listing import Listing
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.ports.queues import DeadLetter

MESSAGES = "channel messages"
DELIVERIES = "webhooks"
PUSHES = "channel pushes"


def message_letter(message: Message, reason: str, died_at: datetime) -> DeadLetter:
    """A message of a channel that could not be followed. It is tried once: what failed is what it says."""
    # In letters that survive in an address: a reference may have slashes and whatever else in it.
    name = f"{message.revision}:{message.channel}:{message.reference}".encode()
    return DeadLetter(
        queue=MESSAGES,
        id=urlsafe_b64encode(name).decode().rstrip("="),
        what=f"import {message.reference} of {message.channel}, revision {message.revision}: {message.kind}",
        subject=message.reference,
        attempts=1,
        died_at=died_at,
        reason=reason,
    )


def message_of(letter: str) -> Message:
    """The message whose letter has this id; raises NotFound for what is none. Its kind is not in there."""
    try:
        name = urlsafe_b64decode(letter + "=" * (-len(letter) % 4)).decode()
        revision, channel, reference = name.split(":", 2)
        return Message(channel=channel, reference=reference, revision=int(revision), kind=Kind.NEW)
    except (ValueError, binascii.Error, InvalidInput):
        raise NotFound("dead letter", letter) from None


def delivery_letter(delivery: Delivery) -> DeadLetter:
    """A message that did not reach its address."""
    trying = delivery.attempts, delivery.died_at, delivery.reason
    return letter_of(DELIVERIES, delivery.id, f"tell {delivery.event}", delivery.endpoint, trying)


def listing_letter(listing: Listing) -> DeadLetter:
    """A listing whose dates a channel could not be told, or did not accept."""
    what = f"tell {listing.channel} how {listing.code} stands"
    trying = listing.attempts, listing.died_at, listing.problem
    return letter_of(PUSHES, listing.id, what, listing.resource, trying)
