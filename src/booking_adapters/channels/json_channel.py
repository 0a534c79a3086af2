"""The generic JSON channel: bookings that a channel sends as signed messages, in our keys.

A body is `{"bookings": [{"reference": "R-1", "revision": 1, "kind": "new", "content": {…}}]}`; a cancellation has no
content. Instants are in UTC.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from booking_adapters._codec.converter import read
from booking_adapters.channels.signatures import Secret, believed
from booking_core.domain.channels.booking import Content, ExternalBooking
from booking_core.domain.channels.link import Kind, Message
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import TenantId, checked_key
from booking_core.domain.kernel.period import Stay, instant
from booking_core.ports.ambient import Clock
from booking_core.ports.channels import Receipt
from booking_core.ports.webhooks import WebhookSecrets
from booking_core.usecases.channels import ReceiveCommand

MOST_BOOKINGS = 100
GENERATION = 1


@attrs.frozen(kw_only=True)
class SentBooking:
    """One revision of a booking, as it is written."""

    reference: str
    revision: int
    kind: Kind
    content: Content | None = None


@attrs.frozen(kw_only=True)
class SentBookings:
    """A message of a channel."""

    bookings: tuple[SentBooking, ...]


@attrs.frozen(kw_only=True)
class JsonChannel:
    """Believes signed messages and has them received. A channel is connected once it knows its secret."""

    secrets: WebhookSecrets
    clock: Clock
    receive: Callable[[ReceiveCommand], int]

    def secret_of(self, tenant: TenantId, channel: str) -> str:
        """What a channel signs with; raises InvalidInput for what is no name of a channel, or without a signing key."""
        return channel_secret(self.secrets, tenant, channel)

    def __call__(self, tenant: TenantId, channel: str, headers: Mapping[str, str], body: bytes) -> int:
        """How many of the bookings are new; `body` is what arrived, byte for byte.

        Raises SignatureRefused, InvalidInput naming the field, DuplicateExternalReference, and KeyReused for another
        body under the id of a message that was handled. A message that comes again is answered, and changes nothing.
        """
        secret = Secret(self.secret_of(tenant, channel))
        signed = believed([secret], headers, body, self.clock.now())
        receipt = Receipt(channel=channel, id=signed.id, digest=hashlib.sha256(body).hexdigest())
        return self.receive(
            ReceiveCommand(tenant=tenant, bookings=bookings_of(channel, body), receipt=receipt)
        )


def bookings_of(channel: str, body: bytes) -> tuple[ExternalBooking, ...]:
    """The bookings of a message; raises InvalidInput."""
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidInput("body", "is not JSON") from None
    if not isinstance(data, dict):
        raise InvalidInput("body", "is not an object")
    sent = read(data, SentBookings).bookings
    if not 1 <= len(sent) <= MOST_BOOKINGS:
        raise InvalidInput("bookings", f"must be 1…{MOST_BOOKINGS}", len(sent))
    return tuple(_booking(channel, each) for each in sent)


def read_booking(channel: str, data: Any) -> ExternalBooking:
    """One booking as it is written; raises InvalidInput."""
    if not isinstance(data, dict):
        raise InvalidInput("booking", "is not an object")
    return _booking(channel, read(data, SentBooking))


def channel_secret(secrets: WebhookSecrets, tenant: TenantId, channel: str) -> str:
    """What a channel and we sign with; raises InvalidInput for what is no name of a channel, or without a key."""
    return secrets.of(tenant, f"channel {checked_key(channel, 'channel')}", GENERATION)


def _booking(channel: str, sent: SentBooking) -> ExternalBooking:
    return ExternalBooking(
        message=Message(channel=channel, reference=sent.reference, revision=sent.revision, kind=sent.kind),
        content=None if sent.content is None else _sensible(sent.content),
    )


def _sensible(content: Content) -> Content:
    """The content with times and dates that are on the calendar; raises InvalidInput."""
    stay = content.stay
    return attrs.evolve(
        content,
        start=None if content.start is None else instant(content.start, "start"),
        end=None if content.end is None else instant(content.end, "end"),
        stay=None if stay is None else Stay.between(stay.check_in, stay.check_out),
    )
