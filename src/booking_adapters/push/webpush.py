"""Push messages: encrypted for one browser, signed by this deployment, and handed to the browser's push service."""

import base64
import binascii
import json
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import attrs
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException
from pywebpush import WebPusher, WebPushException

from booking_adapters._net.addresses import AddressRefused
from booking_adapters._net.outgoing import AnswerTooLong, Outgoing, Unreachable
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.notices.subscription import PushSubscription
from booking_core.ports.ambient import Clock
from booking_core.ports.notifying import (
    Message,
    NotifierUnavailable,
    OutcomeUnknown,
    RecipientGone,
    Undeliverable,
)

LONGEST_TEXT = 600
"""In characters, so that any language fits into what every push service takes (4,096 bytes, RFC 8030 section 7.2)."""
KEPT_SECONDS = 24 * 60 * 60
"""How long the push service tries to reach a browser that is not there."""
SIGNED_FOR = timedelta(hours=12)
"""RFC 8292 section 2 allows 24 hours."""
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@attrs.frozen
class VapidKey:
    """Who sends (RFC 8292): a private key on P-256 as base64url, and the address of somebody to complain to."""

    key: Vapid02 = attrs.field(repr=False)
    contact: str

    @classmethod
    def of(cls, secret: str, contact: str) -> "VapidKey":
        """From 32 bytes or DER, in base64url; raises InvalidInput."""
        try:
            key = Vapid02.from_string(secret)  # type: ignore[no-untyped-call]
        except (VapidException, ValueError, binascii.Error, TypeError) as error:
            raise InvalidInput("vapid_key", "is no private key in base64url") from error
        if "@" not in contact:
            raise InvalidInput("vapid_contact", "must be a mail address", contact)
        return cls(key, f"mailto:{contact.removeprefix('mailto:')}")

    @property
    def public(self) -> str:
        """What browsers need to subscribe (`applicationServerKey`), in base64url."""
        point = self.key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")


@attrs.frozen(kw_only=True)
class WebPushNotifier:
    """The Notifier and PushService ports. The key of a message is its topic: a repeat replaces what waits."""

    key: VapidKey
    clock: Clock
    outgoing: Outgoing = attrs.field(factory=Outgoing)

    @property
    def public_key(self) -> str:
        """What browsers need to subscribe."""
        return self.key.public

    def accept(self, endpoint: str) -> str:
        """The address of a push service, where it may be kept; raises InvalidInput."""
        return self.outgoing.accept(endpoint)

    def send(self, message: Message) -> str:
        """Hand it over; where the push service keeps it. Raises what a Notifier raises."""
        if message.subscription is None:
            raise RecipientGone("the browser is no longer subscribed")
        endpoint = self._checked(message.subscription.endpoint)
        content = _encrypted(message, message.subscription)
        headers = {
            **self._signed(endpoint),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(KEPT_SECONDS),
            "topic": message.key.replace("-", ""),
        }
        try:
            answer = self.outgoing.send("POST", endpoint, headers=headers, content=content)
        except AddressRefused as refused:
            raise Undeliverable("the push service's address may not be asked") from refused
        except AnswerTooLong as answered:
            return _outcome(answered.status, "")
        except Unreachable as failed:
            kind = OutcomeUnknown if failed.may_have_arrived else NotifierUnavailable
            raise kind("the push service could not be reached") from failed
        return _outcome(answer.status, answer.headers.get("location", ""))

    def _checked(self, endpoint: str) -> str:
        """The address, where it may be asked at all; what its name leads to is looked at when it is asked."""
        try:
            return self.outgoing.accept(endpoint)
        except InvalidInput as refused:
            raise Undeliverable("the push service's address may not be asked") from refused

    def _signed(self, endpoint: str) -> dict[str, str]:
        parts = urlsplit(endpoint)
        expires = self.clock.now() + SIGNED_FOR
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "sub": self.key.contact,
            "exp": int(expires.timestamp()),
        }
        try:
            signed: dict[str, str] = self.key.key.sign(claims)  # type: ignore[no-untyped-call]
        except VapidException as error:
            raise Undeliverable("the push service's address cannot be signed for") from error
        return signed


def _encrypted(message: Message, browser: PushSubscription) -> bytes:
    """The message for the eyes of one browser (RFC 8291); raises Undeliverable for keys that are none."""
    shown = {
        "title": message.sender_name,
        "body": message.text[:LONGEST_TEXT],
        "tag": message.key,
        "may_be_repeat": message.may_be_repeat,
    }
    info = {"endpoint": browser.endpoint, "keys": {"p256dh": browser.p256dh, "auth": browser.auth}}
    try:
        pusher = WebPusher(info)
        content: bytes = pusher.encode(json.dumps(shown, ensure_ascii=False).encode())["body"]
    except (WebPushException, ValueError, TypeError) as error:
        raise Undeliverable("the browser's keys are none") from error
    return content


def _outcome(status: int, place: str) -> str:
    if status in GONE:
        raise RecipientGone("the browser is no longer subscribed")
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise NotifierUnavailable(f"the push service answers {status}")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise Undeliverable(f"the push service answers {status}")
    return place
