"""The same adapter against another pretended Stripe: what both can do must come out alike.

localstripe speaks an older version: it takes no list of allowed kinds and answers without the two amounts of a
payment. `Modernised` says these things in today's words, on the wire and not in the adapter. What localstripe does
not do at all is left out: idempotency keys, refund limits, listing by time, and most declined cards, which it
refuses to save but charges.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from stripe import RequestsClient, StripeClient

from booking_adapters.stripe.gateway import StripeGateway
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.stripe_server import StripeServer
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import (
    Answer,
    DeclineCode,
    Declined,
    Outcome,
    RequiresAction,
    Succeeded,
)
from booking_core.domain.payments.intent import Operation
from tests.integration.stripe.intents import PRICE, sent

# Its own start-up listens to the whole network and writes to the disk: neither happens here.
RUN = """
import socket
from aiohttp import web
from localstripe import resources, server
resources.store.dump_to_disk = lambda: None
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
web.run_app(server.app, sock=listener, print=None)
"""
TIMEOUT_SECONDS = 10


class Modernised(RequestsClient):
    """Carries today's requests and answers to a server of an older version."""

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        if isinstance(post_data, str):
            post_data = re.sub(r"(^|&)allowed_payment_method_types\[0\]=card", "", post_data).lstrip("&")
        body, status, answered = super().request(method, url, headers, post_data, **more)
        return json.dumps(modern(json.loads(body))).encode(), status, answered


def modern(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer with the fields that its version does not have yet."""
    if answer.get("object") == "payment_intent":
        taken = sum(
            each["amount"]
            - sum(back["amount"] for back in each["refunds"]["data"] if not back["payment_intent"])
            for each in answer["charges"]["data"]
            if each["captured"]
        )
        waits = answer["status"] == "requires_capture"
        answer |= {"amount_capturable": answer["amount"] if waits else 0, "amount_received": taken}
        answer["cancellation_reason"] = None
    return answer


@pytest.fixture(scope="module")
def localstripe() -> Iterator[str]:
    """The address of one that runs in a process of its own, on this machine only."""
    with subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


@pytest.fixture(params=["ours", "localstripe"])
def stripe(request: pytest.FixtureRequest, server: StripeServer) -> Iterator[StripeClient]:
    is_ours = request.param == "ours"
    http = RequestsClient(timeout=TIMEOUT_SECONDS) if is_ours else Modernised(timeout=TIMEOUT_SECONDS)
    url = server.url if is_ours else request.getfixturevalue("localstripe")
    with closing(http):
        yield StripeClient(
            server.api_key, base_addresses={"api": url}, http_client=http, max_network_retries=0
        )


@pytest.fixture
def gateway(stripe: StripeClient) -> StripeGateway:
    return StripeGateway(client=stripe)


def card(stripe: StripeClient, number: str = "4242424242424242") -> str:
    return stripe.v1.payment_methods.create(
        {"type": "card", "card": {"number": number, "exp_month": 12, "exp_year": 2034, "cvc": "123"}}
    ).id


def reference(answer: Answer) -> str:
    assert isinstance(answer, Succeeded | RequiresAction)
    return answer.reference


def test_authorise_and_capture_a_part(
    gateway: StripeGateway, stripe: StripeClient, clock: FixedClock
) -> None:
    taken = gateway.take(sent(Operation.AUTHORISE, at=clock.now(), method=card(stripe)))
    assert isinstance(taken, Succeeded)
    assert taken.amount == PRICE
    part = Money(20_000, "USD")
    capture = sent(Operation.CAPTURE, at=clock.now(), reference=taken.reference, amount=part)
    assert gateway.look_up(capture) is None
    assert gateway.capture(capture) == Succeeded(reference=taken.reference, amount=part)
    assert gateway.look_up(capture) == Succeeded(reference=taken.reference, amount=part)


def test_charge_and_refund_in_parts(gateway: StripeGateway, stripe: StripeClient, clock: FixedClock) -> None:
    paid = reference(gateway.take(sent(Operation.CHARGE, at=clock.now(), method=card(stripe))))
    for minor in (600, 400):
        refund = sent(Operation.REFUND, at=clock.now(), reference=paid, amount=Money(minor, "USD"))
        answer = gateway.refund(refund)
        assert isinstance(answer, Succeeded)
        assert answer.amount == Money(minor, "USD")
        assert gateway.look_up(refund) == answer


def test_void_and_void_again(gateway: StripeGateway, stripe: StripeClient, clock: FixedClock) -> None:
    held = reference(gateway.take(sent(Operation.AUTHORISE, at=clock.now(), method=card(stripe))))
    for _ in range(2):
        void = sent(Operation.VOID, at=clock.now(), reference=held)
        assert gateway.void(void) == Succeeded(reference=held, amount=PRICE)


def test_what_was_captured_is_not_voided(
    gateway: StripeGateway, stripe: StripeClient, clock: FixedClock
) -> None:
    paid = reference(gateway.take(sent(Operation.CHARGE, at=clock.now(), method=card(stripe))))
    refused = gateway.void(sent(Operation.VOID, at=clock.now(), reference=paid))
    assert isinstance(refused, Declined)
    assert refused.code is DeclineCode.ALREADY_CAPTURED


def test_a_declined_card(gateway: StripeGateway, stripe: StripeClient, clock: FixedClock) -> None:
    answer = gateway.take(sent(Operation.CHARGE, at=clock.now(), method=card(stripe, "4000000000000341")))
    assert Outcome.of(answer) is Outcome.DECLINED


def test_a_card_that_asks_its_holder(gateway: StripeGateway, stripe: StripeClient, clock: FixedClock) -> None:
    intent = sent(Operation.CHARGE, at=clock.now(), method=card(stripe, "4000002500003155"))
    answer = gateway.take(intent)
    assert isinstance(answer, RequiresAction)
    assert answer.client_secret
    assert isinstance(
        gateway.void(sent(Operation.VOID, at=clock.now(), reference=answer.reference)), Succeeded
    )
