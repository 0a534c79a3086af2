"""Push messages at a push service of this machine, read as the browser reads them."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import attrs
import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from booking_adapters._net.outgoing import Outgoing
from booking_adapters.push.webpush import VapidKey, WebPushNotifier
from booking_adapters.testing.ambient import FixedClock
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import BrowserId, parse_uuid
from booking_core.domain.notices.subscription import PushSubscription
from booking_core.ports.notifying import Message, NotifierUnavailable, RecipientGone, Undeliverable

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


@pytest.fixture
def port() -> Iterator[int]:
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


@pytest.fixture
def browser() -> Browser:
    return Browser(ec.generate_private_key(ec.SECP256R1()))


def notifier(*, loopback: bool = True) -> WebPushNotifier:
    secret = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")
    key = VapidKey.of(text_of(secret), "desk@salon.example")
    return WebPushNotifier(key=key, clock=FixedClock(datetime.now(UTC)), outgoing=Outgoing(loopback=loopback))


def message(browser: Browser, port: int, text: str = "New booking: Visit") -> Message:
    return Message(
        key=str(KEY),
        to="",
        subject="",
        text=text,
        sender_name="The Salon",
        may_be_repeat=True,
        subscription=browser.subscription(f"http://127.0.0.1:{port}/send/abc"),
    )


def test_only_the_browser_reads_what_is_signed_by_this_deployment(browser: Browser, port: int) -> None:
    pushing = notifier()
    assert pushing.send(message(browser, port)) == "/message/1"
    ((headers, content),) = PushService.taken
    assert b"New booking" not in content
    assert browser.read(content) == {
        "title": "The Salon",
        "body": "New booking: Visit",
        "tag": str(KEY),
        "may_be_repeat": True,
    }
    assert Vapid02.verify(headers["authorization"])  # type: ignore[no-untyped-call]
    assert pushing.public_key in headers["authorization"]
    assert (headers["content-encoding"], headers["topic"]) == ("aes128gcm", KEY.hex)


def test_a_long_text_in_any_script_still_fits(browser: Browser, port: int) -> None:
    notifier().send(message(browser, port, "\N{GRINNING FACE}" * 5_000))
    ((_, content),) = PushService.taken
    assert len(content) <= 4_096


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, RecipientGone),
        (410, RecipientGone),
        (413, Undeliverable),
        (403, Undeliverable),
        (302, Undeliverable),
        (429, NotifierUnavailable),
        (503, NotifierUnavailable),
    ],
)
def test_what_the_push_service_answers_is_told_apart(
    browser: Browser, port: int, status: int, outcome: type[Exception]
) -> None:
    PushService.status = status
    with pytest.raises(outcome) as raised:
        notifier().send(message(browser, port))
    assert isinstance(raised.value, RecipientGone) is (outcome is RecipientGone)


def test_private_addresses_are_never_asked(browser: Browser, port: int) -> None:
    with pytest.raises(Undeliverable):
        notifier(loopback=False).send(message(browser, port))
    assert PushService.taken == []
    with pytest.raises(InvalidInput):
        notifier(loopback=False).accept("https://192.168.1.1/send")


def test_an_address_that_nobody_can_sign_for_sends_nothing(browser: Browser) -> None:
    subscription = browser.subscription("https://[2a00:1450:4001:830::200e]/send")
    with pytest.raises(Undeliverable, match="signed"):
        notifier().send(attrs.evolve(message(browser, 1), subscription=subscription))


def test_keys_that_are_none_send_nothing(browser: Browser, port: int) -> None:
    mail = message(browser, port)
    assert mail.subscription is not None
    broken = attrs.evolve(mail.subscription, p256dh="A" * 87)
    with pytest.raises(Undeliverable):
        notifier().send(attrs.evolve(mail, subscription=broken))
    with pytest.raises(InvalidInput):
        VapidKey.of("no key", "desk@salon.example")
