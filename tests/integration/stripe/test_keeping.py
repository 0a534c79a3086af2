"""A pretended Stripe that keeps what it has: whoever starts it again meets the same account."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from stripe import InvalidRequestError, StripeClient

from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.stripe_server import StripeServer
from tests.integration.stripe.conftest import Connect
from tests.integration.stripe.payments import PRICE, asked, authorised, captured

A_WEEK = timedelta(days=7)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "stripe.json"


@contextmanager
def running(file: Path, clock: FixedClock, connect: Connect) -> Iterator[StripeClient]:
    """One run of a server that keeps its account in the file."""
    with StripeServer(clock, keeps=file) as server:
        yield connect(server)


def test_a_payment_goes_on_in_the_next_run(file: Path, clock: FixedClock, connect: Connect) -> None:
    with running(file, clock, connect) as stripe:
        held = authorised(stripe)
    with running(file, clock, connect) as stripe:
        assert stripe.v1.payment_intents.retrieve(held.id).status == "requires_capture"
        assert stripe.v1.payment_intents.capture(held.id).amount_received == PRICE
    with running(file, clock, connect) as stripe:
        assert stripe.v1.refunds.create({"payment_intent": held.id}).status == "succeeded"
        with pytest.raises(InvalidRequestError, match="refunded already"):
            stripe.v1.refunds.create({"payment_intent": held.id})


def test_a_server_without_a_file_remembers_nothing(clock: FixedClock, connect: Connect) -> None:
    """The control: what the others see is the file's doing."""
    with StripeServer(clock) as server:
        held = authorised(connect(server))
    with StripeServer(clock) as server, pytest.raises(InvalidRequestError, match="No such payment_intent"):
        connect(server).v1.payment_intents.retrieve(held.id)


def test_a_key_means_the_same_payment_in_the_next_run(
    file: Path, clock: FixedClock, connect: Connect
) -> None:
    with running(file, clock, connect) as stripe:
        first = stripe.v1.payment_intents.create(asked(), {"idempotency_key": "once"})
    with running(file, clock, connect) as stripe:
        again = stripe.v1.payment_intents.create(asked(), {"idempotency_key": "once"})
        assert again.id == first.id
        assert len(stripe.v1.payment_intents.list().data) == 1


def test_an_authorisation_lapses_at_its_time_although_nobody_ran(
    file: Path, clock: FixedClock, connect: Connect
) -> None:
    with running(file, clock, connect) as stripe:
        held = authorised(stripe)
    clock.advance(A_WEEK + timedelta(hours=1))
    with running(file, clock, connect) as stripe:
        assert stripe.v1.payment_intents.retrieve(held.id).status == "canceled"


@pytest.mark.parametrize(
    ("card", "first", "at_last"),
    [("pm_card_pendingRefund", "pending", "succeeded"), ("pm_card_refundFail", "succeeded", "failed")],
)
def test_a_refund_settles_in_the_next_run(
    file: Path, clock: FixedClock, connect: Connect, card: str, first: str, at_last: str
) -> None:
    with running(file, clock, connect) as stripe:
        refund = stripe.v1.refunds.create({"payment_intent": captured(stripe, card).id})
        assert refund.status == first
    with running(file, clock, connect) as stripe:
        assert stripe.v1.refunds.retrieve(refund.id).status == first
        clock.advance(timedelta(hours=1))
        assert stripe.v1.refunds.retrieve(refund.id).status == at_last
    with running(file, clock, connect) as stripe:
        assert stripe.v1.refunds.retrieve(refund.id).status == at_last


def test_the_banks_page_is_found_where_the_next_run_serves_it(
    file: Path, clock: FixedClock, connect: Connect
) -> None:
    with running(file, clock, connect) as stripe:
        asks: dict[str, object] = {
            **asked("pm_card_authenticationRequired"),
            "return_url": "https://a.example",
        }
        waits = stripe.v1.payment_intents.create(asks)  # type: ignore[arg-type]
    with StripeServer(clock, keeps=file) as server:
        found = connect(server).v1.payment_intents.retrieve(waits.id)
        assert found.next_action is not None
        assert found.next_action.redirect_to_url is not None
        assert str(found.next_action.redirect_to_url.url).startswith(f"{server.url}/")
        server.authenticate(waits.id)
        assert connect(server).v1.payment_intents.retrieve(waits.id).status == "succeeded"


def test_addresses_that_are_told_are_those_of_one_run(
    file: Path, clock: FixedClock, connect: Connect
) -> None:
    with StripeServer(clock, keeps=file) as server:
        server.send_webhooks_to("http://127.0.0.1:9/hooks")
        authorised(connect(server))
    with running(file, clock, connect) as stripe:
        assert stripe.v1.webhook_endpoints.list().data == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"base_url": 1}', "\x00junk"])
def test_a_file_of_something_else_is_refused(file: Path, clock: FixedClock, text: str) -> None:
    file.write_text(text)
    with pytest.raises(ValueError, match="was not kept by this server"):
        StripeServer(clock, keeps=file)
    assert file.read_text() == text
