import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe import SignatureVerificationError, StripeClient, Webhook

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.stripe.webhooks import (
    LARGEST_BODY_BYTES,
    TOLERANCE,
    StripeEvent,
    WebhookRefused,
    verified,
)
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.stripe_server import StripeServer, Trouble, TroubleKind
from booking_adapters.testing.stripe_server.webhooks import signature_header
from tests.integration.stripe.conftest import Connect
from tests.integration.stripe.payments import captured
from tests.integration.stripe.receiver import Received, Receiver

SECRET = "whsec_test"
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
BODY = json.dumps(
    {
        "id": "evt_1",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": 1_772_431_200,
        "livemode": False,
        "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
    }
).encode()


def header(at: datetime = NOW, body: bytes = BODY, secret: str = SECRET) -> str:
    return signature_header(body, secret, int(at.timestamp()))


def types(receiver: Receiver) -> list[str]:
    return [json.loads(each.body)["type"] for each in receiver.received]


def test_events_arrive_in_order_signed_as_the_sdk_expects(connect: Connect, receiver: Receiver) -> None:
    with StripeServer(SystemClock()) as server:  # the SDK compares with the time of this machine
        secret = server.send_webhooks_to(receiver.url)
        captured(connect(server))
        assert server.webhooks.wait_until_idle()
        assert types(receiver) == ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]
        for body, signature in receiver.received:
            theirs = Webhook.construct_event(body, signature, secret)
            ours = verified(body, signature, secrets=[secret], at=datetime.now(UTC))
            assert (ours.id, ours.type) == (theirs.id, theirs.type)
            assert (ours.object_id, ours.object_kind) == (
                theirs.data.object["id"],
                theirs.data.object["object"],
            )
            with pytest.raises(SignatureVerificationError):
                Webhook.construct_event(body, signature, "whsec_other")


def test_an_event_says_which_object_to_retrieve() -> None:
    assert verified(BODY, header(), secrets=[SECRET], at=NOW) == StripeEvent(
        id="evt_1",
        type="payment_intent.succeeded",
        created_at=NOW,
        object_kind="payment_intent",
        object_id="pi_1",
        is_live=False,
    )


@pytest.mark.parametrize("offset", [-TOLERANCE, timedelta(0), TOLERANCE])
def test_a_signature_is_good_five_minutes_either_way(offset: timedelta) -> None:
    assert verified(BODY, header(NOW + offset), secrets=[SECRET], at=NOW).id == "evt_1"


@pytest.mark.parametrize("sign", [-1, 1])
def test_old_and_future_signatures_are_refused(sign: int) -> None:
    at = NOW + sign * (TOLERANCE + timedelta(seconds=1))
    with pytest.raises(WebhookRefused) as refused:
        verified(BODY, header(at), secrets=[SECRET], at=NOW)
    assert (refused.value.code, refused.value.reason) == ("WEBHOOK_REFUSED", "the signature is not of now")


def test_the_negative_control_the_sdk_takes_a_future_signature() -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert Webhook.construct_event(BODY, header(tomorrow), SECRET).id == "evt_1"


def test_two_secrets_are_good_while_one_is_replaced() -> None:
    for secret in ("whsec_old", "whsec_new"):
        event = verified(BODY, header(secret=secret), secrets=["whsec_old", "whsec_new"], at=NOW)
        assert event.id == "evt_1"


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "t=1",
        "v1=abc",
        "t=,v1=abc",
        "t=-1,v1=abc",
        "t=x,v1=abc",
        "t=٣,v1=abc",
        "t=1e9,v1=abc",
        "t=1,t=2,v1=abc",
        "t=99999999999999999999,v1=abc",
        "t=1," + ",".join(["v1=a"] * 21),
        "t=1,v1=" + "a" * 3_000,
        header().replace("v1=", "v0=", 1),
        header(secret="whsec_other"),
        header(body=BODY + b" "),
        header().upper(),
        "t=1,v1=\udcff",
        "t=1,v1=äöü",
    ],
)
def test_a_forged_signature_is_refused(signature: str) -> None:
    with pytest.raises(WebhookRefused):
        verified(BODY, signature, secrets=[SECRET], at=NOW)


@given(place=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7))
def test_a_body_with_one_changed_bit_is_refused(place: int, bit: int) -> None:
    forged = bytearray(BODY)
    forged[place] ^= 1 << bit
    with pytest.raises(WebhookRefused):
        verified(bytes(forged), header(), secrets=[SECRET], at=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        BODY.replace(b'"event"', b'"charge"'),
        BODY.replace(b'"evt_1"', b"7"),
        BODY.replace(b'"pi_1"', b'""'),
        BODY.replace(b'"pi_1"', b'"' + b"x" * 300 + b'"'),
        BODY.replace(b"1772431200", b'"now"'),
        BODY.replace(b"1772431200", b"-1"),
        BODY.replace(b"1772431200", b"9" * 30),
        BODY.replace(b"false", b'"no"'),
        BODY.replace(b'"data"', b'"date"'),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookRefused, match="refused"):
        verified(body, header(body=body), secrets=[SECRET], at=NOW)


def test_a_huge_body_is_refused_unread() -> None:
    body = b" " * (LARGEST_BODY_BYTES + 1)
    with pytest.raises(WebhookRefused) as refused:
        verified(body, header(body=body), secrets=[SECRET], at=NOW)
    assert refused.value.reason == "the body is too large"


def test_an_empty_secret_is_a_mistake_of_ours() -> None:
    anybody = hmac.new(b"", b"1." + BODY, hashlib.sha256).hexdigest()
    with pytest.raises(AssertionError):
        verified(BODY, f"t=1,v1={anybody}", secrets=[""], at=NOW)


def test_an_event_comes_twice(stripe: StripeClient, server: StripeServer, receiver: Receiver) -> None:
    server.send_webhooks_to(receiver.url)
    server.webhooks.plan(Trouble(kind=TroubleKind.DUPLICATE, type="charge.*"))
    captured(stripe)
    assert server.webhooks.wait_until_idle()
    ids = [json.loads(each.body)["id"] for each in receiver.received]
    assert types(receiver)[1:3] == ["charge.succeeded"] * 2
    assert ids[1] == ids[2]


def test_an_event_is_overtaken(stripe: StripeClient, server: StripeServer, receiver: Receiver) -> None:
    server.send_webhooks_to(receiver.url)
    server.webhooks.plan(Trouble(kind=TroubleKind.REORDER, type="charge.succeeded"))
    captured(stripe)
    assert server.webhooks.wait_until_idle()
    assert types(receiver) == ["payment_intent.created", "payment_intent.succeeded", "charge.succeeded"]


def test_an_event_never_comes(stripe: StripeClient, server: StripeServer, receiver: Receiver) -> None:
    server.send_webhooks_to(receiver.url)
    server.webhooks.plan(Trouble(kind=TroubleKind.DROP, type="payment_intent.succeeded"))
    captured(stripe)
    assert server.webhooks.wait_until_idle()
    assert types(receiver) == ["payment_intent.created", "charge.succeeded"]
    assert len(stripe.v1.events.list().data) == 3


def test_an_event_comes_three_days_late(
    stripe: StripeClient, server: StripeServer, receiver: Receiver, clock: FixedClock
) -> None:
    secret = server.send_webhooks_to(receiver.url)
    wait = timedelta(days=3)
    server.webhooks.plan(
        Trouble(kind=TroubleKind.DELAY, type="payment_intent.succeeded", seconds=int(wait.total_seconds()))
    )
    captured(stripe)
    assert server.webhooks.wait_until_idle()
    assert types(receiver) == ["payment_intent.created", "charge.succeeded"]
    server.advance(wait)
    assert server.webhooks.wait_until_idle()
    assert types(receiver)[-1] == "payment_intent.succeeded"
    body, signature = receiver.received[-1]
    event = verified(body, signature, secrets=[secret], at=clock.now() + wait)
    assert event.created_at == clock.now()


def test_events_are_kept_back_and_sent_by_hand_in_any_order(
    stripe: StripeClient, server: StripeServer, receiver: Receiver
) -> None:
    server.send_webhooks_to(receiver.url)
    server.webhooks.hold()
    captured(stripe)
    created, charged, succeeded = (each.event for each in server.webhooks.waiting)
    assert receiver.received == []
    server.webhooks.deliver(succeeded, succeeded)
    server.webhooks.drop(charged)
    assert [each.event for each in server.webhooks.waiting] == [created]
    server.webhooks.resume()
    assert server.webhooks.wait_until_idle()
    assert types(receiver) == ["payment_intent.succeeded"] * 2 + ["payment_intent.created"]


def test_an_endpoint_that_fails_is_tried_again(
    stripe: StripeClient, server: StripeServer, receiver: Receiver
) -> None:
    server.send_webhooks_to(receiver.url)
    receiver.status = 500
    stripe.v1.customers.create()
    assert server.webhooks.wait_until_idle()
    receiver.status = 200
    server.advance(timedelta(minutes=1))
    assert server.webhooks.wait_until_idle()
    assert [each.status for each in server.webhooks.sent] == [500, 200]
    assert receiver.received[0].body == receiver.received[1].body


def test_an_endpoint_that_is_gone_harms_nobody(stripe: StripeClient, server: StripeServer) -> None:
    with Receiver() as gone:
        url = gone.url
    server.send_webhooks_to(url)
    stripe.v1.customers.create()
    assert server.webhooks.wait_until_idle()
    assert [each.status for each in server.webhooks.sent] == [None]


def test_endpoints_choose_their_events_and_tell_their_secret_once(
    stripe: StripeClient, server: StripeServer, receiver: Receiver, clock: FixedClock
) -> None:
    endpoint = stripe.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["charge.succeeded"]}
    )
    assert endpoint.secret is not None
    assert "secret" not in stripe.v1.webhook_endpoints.retrieve(endpoint.id).to_dict()
    captured(stripe)
    stripe.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    captured(stripe)
    assert server.webhooks.wait_until_idle()
    assert types(receiver) == ["charge.succeeded"]
    only: Received = receiver.received[0]
    event = verified(only.body, only.signature, secrets=[endpoint.secret], at=clock.now())
    assert event.type == "charge.succeeded"
    stripe.v1.webhook_endpoints.delete(endpoint.id)
    assert stripe.v1.webhook_endpoints.list().data == []
