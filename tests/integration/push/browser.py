"""A push service of this machine, and a browser that reads what it is sent."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import attrs
import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from booking_adapters._net.outgoing import Outgoing
from booking_adapters.push.webpush import VapidKey, WebPushNotifier
from booking_adapters.testing.ambient import FixedClock
from booking_core.domain.kernel.ids import BrowserId, parse_uuid
from booking_core.domain.notices.subscription import PushSubscription

KEY = parse_uuid("0190a3b4-0000-7000-8000-000000000001", "id")


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class PushService(BaseHTTPRequestHandler):
    """Keeps what it is given and answers as it is told."""

    status: ClassVar[int] = 201
    taken: ClassVar[list[tuple[Mapping[str, str], bytes]]] = []

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["content-length"]))
        self.taken.append(({name.lower(): value for name, value in self.headers.items()}, content))
        self.send_response(self.status)
        self.send_header("Location", "/message/1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""


@contextmanager
def a_push_service() -> Iterator[int]:
    """Its port; it takes what it is given."""
    PushService.status, PushService.taken[:] = 201, []
    with ThreadingHTTPServer(("127.0.0.1", 0), PushService) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join(10)


@attrs.frozen
class Browser:
    """A browser with its secrets."""

    key: ec.EllipticCurvePrivateKey
    auth: bytes = b"sixteen-secrets!"

    def subscription(self, endpoint: str) -> PushSubscription:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return PushSubscription(
            id=BrowserId(KEY),
            endpoint=endpoint,
            p256dh=text_of(point),
            auth=text_of(self.auth),
            added_at=datetime(2026, 3, 2, tzinfo=UTC),
        )

    def read(self, content: bytes) -> Mapping[str, object]:
        """What a push message says (RFC 8291)."""
        shown: Mapping[str, object] = json.loads(
            http_ece.decrypt(content, private_key=self.key, auth_secret=self.auth, version="aes128gcm")  # type: ignore[no-untyped-call]
        )
        return shown


def notifier(*, loopback: bool = True) -> WebPushNotifier:
    secret = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")
    key = VapidKey.of(text_of(secret), "desk@salon.example")
    return WebPushNotifier(key=key, clock=FixedClock(datetime.now(UTC)), outgoing=Outgoing(loopback=loopback))
