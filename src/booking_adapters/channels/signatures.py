"""Signed messages by the Standard Webhooks specification 1.0: an id, a time and the raw body under an HMAC-SHA256.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import attrs

from booking_core.domain.channels.booking import SignatureRefused
from booking_core.domain.kernel.errors import InvalidInput

TOLERANCE = timedelta(seconds=300)
PREFIX = "whsec_"
VERSION = "v1"
SHORTEST_KEY, LONGEST_KEY = 24, 64
MOST_SIGNATURES = 10
_ID = re.compile(r"[!-\-/-~]{1,200}")
_TIME = re.compile(r"[0-9]{1,12}")


@attrs.frozen
class Secret:
    """A key that both sides know, as the specification writes it: `whsec_` and 24…64 bytes in base64."""

    text: str = attrs.field(repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no secret; the refusal does not show it."""
        if not SHORTEST_KEY <= len(self._decoded() or b"") <= LONGEST_KEY:
            raise InvalidInput("secret", f"must be {PREFIX} and {SHORTEST_KEY}…{LONGEST_KEY} bytes in base64")

    @classmethod
    def of_bytes(cls, key: bytes) -> "Secret":
        """The secret of a key, which a generator of random bytes has made."""
        return cls(PREFIX + base64.b64encode(key).decode())

    @property
    def key(self) -> bytes:
        """The bytes that messages are signed with."""
        decoded = self._decoded()
        assert decoded is not None, "checked when it was made"
        return decoded

    def _decoded(self) -> bytes | None:
        try:
            return (
                base64.b64decode(self.text.removeprefix(PREFIX), validate=True) if self._is_marked() else None
            )
        except (binascii.Error, ValueError):
            return None

    def _is_marked(self) -> bool:
        return self.text.startswith(PREFIX)


@attrs.frozen
class Signed:
    """What a believed message is known by: its id, under which it counts once, and when it was sent."""

    id: str
    sent_at: datetime


def signed_headers(secrets: Sequence[Secret], id: str, sent_at: datetime, body: bytes) -> Mapping[str, str]:
    """The headers of a message. While a secret is being changed both sign, so the receiver may know either one."""
    assert secrets, "somebody signs"
    assert _ID.fullmatch(id), "an id is printable and has no full stop, which separates it from the time"
    time = str(int(sent_at.timestamp()))
    return {
        "webhook-id": id,
        "webhook-timestamp": time,
        "webhook-signature": " ".join(f"{VERSION},{_signature(each, id, time, body)}" for each in secrets),
    }


def believed(secrets: Sequence[Secret], headers: Mapping[str, str], body: bytes, at: datetime) -> Signed:
    """What a message is known by, where one of the secrets signed it at most 300 seconds before or after `at`.

    `headers` are by names in lower case; `body` is what arrived, byte for byte. A message that was believed can be
    sent again within those seconds: whoever acts on it remembers its id. Raises SignatureRefused.
    """
    known_by, time = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (_ID.fullmatch(known_by) and _TIME.fullmatch(time)):
        raise SignatureRefused("the message has no id or no time")
    offered = _offered(headers.get("webhook-signature", ""))
    expected = [_signature(each, known_by, time, body).encode() for each in secrets]
    # Every pair is compared, so that the time taken does not tell which secret nearly fits.
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in offered]
    if not any(matches):
        raise SignatureRefused("the message is not signed with a secret of ours")
    seconds = int(time)
    if abs(at.timestamp() - seconds) > TOLERANCE.total_seconds():
        raise SignatureRefused("the message is too old, or from the future")
    return Signed(known_by, datetime.fromtimestamp(seconds, UTC))


def _offered(header: str) -> list[bytes]:
    """The signatures of the version that we know, at most ten of them; others are for other receivers."""
    parts = (each.partition(",") for each in header.split(" ")[:MOST_SIGNATURES])
    return [signature.encode() for version, _, signature in parts if version == VERSION]


def _signature(secret: Secret, id: str, time: str, body: bytes) -> str:
    digest = hmac.new(secret.key, f"{id}.{time}.".encode() + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
