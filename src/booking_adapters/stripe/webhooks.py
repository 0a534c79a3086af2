"""Stripe's webhooks at the door: is it signed, is it of now, and what is it about.

What an event says is not trusted, nor its order, nor that it comes once: it goes into an inbox by its id, and the
object it names is retrieved with our own key.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import attrs

from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.period import LATEST, epoch, from_epoch, instant

TOLERANCE = timedelta(minutes=5)
"""How far the signature's time may lie from ours, on either side; Stripe's own libraries look at the past only."""
LARGEST_BODY_BYTES = 1_000_000
LONGEST_HEADER = 2_000
LONGEST_NAME = 255
MOST_SIGNATURES = 20
LATEST_SECOND = epoch(LATEST)
_LONGEST_TIME = 12


class WebhookRefused(BookingError):
    """Not an event of Stripe's, or not of now. Nothing is to be done with it; `reason` is for the log."""

    code: ClassVar[str] = "WEBHOOK_REFUSED"

    def __init__(self, reason: str) -> None:
        super().__init__("the webhook was refused", reason=reason)
        self.reason = reason


@attrs.frozen(kw_only=True)
class StripeEvent:
    """What an event is about: its own id (unique, for the inbox), its type, and the object to retrieve.

    `is_live` tells real money from tests.
    """

    id: str
    type: str
    created_at: datetime
    object_kind: str
    object_id: str
    is_live: bool


def verified(body: bytes, signature: str, *, secrets: Sequence[str], at: datetime) -> StripeEvent:
    """The event of a request's raw body and its `Stripe-Signature` header; raises WebhookRefused.

    `secrets` are the endpoint's signing secrets: two of them while one is replaced. The scheme v1 alone counts
    (docs.stripe.com/webhooks/signature).
    """
    assert secrets, "without a secret nothing could be signed"
    assert all(secrets), "an empty secret would let anybody sign"
    if len(body) > LARGEST_BODY_BYTES:
        raise WebhookRefused("the body is too large")
    signed_at, candidates = _parts(signature)
    # All pairs are compared, each in constant time: how long it takes says nothing about which one fitted.
    matches = [
        hmac.compare_digest(_signature(body, signed_at, secret), candidate)
        for secret in secrets
        for candidate in candidates
    ]
    if not any(matches):
        raise WebhookRefused("the signature does not fit")
    if abs(epoch(instant(at, "at")) - int(signed_at)) > TOLERANCE.total_seconds():
        raise WebhookRefused("the signature is not of now")
    return _event(body)


def _parts(header: str) -> tuple[str, list[bytes]]:
    """The time, as it was written, and the v1 signatures."""
    if len(header) > LONGEST_HEADER:
        raise WebhookRefused("the signature header is too long")
    pairs = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    candidates = [value.encode(errors="replace") for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not _is_time(times[0]) or not 0 < len(candidates) <= MOST_SIGNATURES:
        raise WebhookRefused("the signature header cannot be read")
    return times[0], candidates


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_TIME


def _signature(body: bytes, signed_at: str, secret: str) -> bytes:
    signed = signed_at.encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode()


def _event(body: bytes) -> StripeEvent:
    try:
        event: Any = json.loads(body)
        subject = event["data"]["object"]
        created = event["created"]
        names = (event["id"], event["type"], subject["object"], subject["id"])
        is_live = event["livemode"] if event["object"] == "event" else None
    except (ValueError, TypeError, KeyError, RecursionError) as unreadable:
        raise WebhookRefused("the body is not an event") from unreadable
    are_names = all(isinstance(name, str) and 0 < len(name) <= LONGEST_NAME for name in names)
    if not are_names or type(created) is not int or type(is_live) is not bool:
        raise WebhookRefused("the body is not an event")
    if not 0 <= created <= LATEST_SECOND:
        raise WebhookRefused("the body is not an event")
    event_id, kind, object_kind, object_id = names
    return StripeEvent(
        id=event_id,
        type=kind,
        created_at=from_epoch(created),
        object_kind=object_kind,
        object_id=object_id,
        is_live=is_live,
    )
