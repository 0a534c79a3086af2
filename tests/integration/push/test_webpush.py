"""Push messages at a push service of this machine, read as the browser reads them."""

from collections.abc import Iterator

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from booking_adapters.push.webpush import VapidKey
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.notifying import Message, NotifierUnavailable, RecipientGone, Undeliverable
from tests.integration.push.browser import KEY, Browser, PushService, a_push_service, notifier


@pytest.fixture
def port() -> Iterator[int]:
    with a_push_service() as port:
        yield port


@pytest.fixture
def browser() -> Browser:
    return Browser(ec.generate_private_key(ec.SECP256R1()))


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
