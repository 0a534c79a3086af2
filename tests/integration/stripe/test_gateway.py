from collections.abc import Callable
from datetime import timedelta

import pytest
from stripe import StripeClient

from booking_adapters.stripe.connection import connect
from booking_adapters.stripe.gateway import StripeGateway
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.stripe_server import StripeServer
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import (
    Answer,
    DeclineCode,
    Declined,
    RequiresAction,
    Succeeded,
    Unknown,
)
from booking_core.domain.payments.intent import FIRST_STEPS, Intent, Operation
from booking_core.ports.payments import GatewayMisused, PaymentGateway
from tests.integration.stripe.intents import PRICE, sent
from tests.integration.stripe.payments import asked

WEEK = timedelta(days=7)
Send = Callable[..., Intent]


@pytest.fixture
def gateway(stripe: StripeClient) -> PaymentGateway:
    return StripeGateway(client=stripe)


@pytest.fixture
def send(clock: FixedClock) -> Send:
    """Makes intents that are being sent now."""
    return lambda operation, **more: sent(operation, at=clock.now(), **more)


def authorise(gateway: PaymentGateway, send: Send, card: str = "pm_card_visa") -> Succeeded:
    answer = gateway.take(send(Operation.AUTHORISE, method=card))
    assert isinstance(answer, Succeeded)
    return answer


def charge(
    gateway: PaymentGateway, send: Send, card: str = "pm_card_visa", amount: Money = PRICE
) -> Succeeded:
    answer = gateway.take(send(Operation.CHARGE, method=card, amount=amount))
    assert isinstance(answer, Succeeded)
    return answer


def code(answer: Answer | None) -> DeclineCode:
    assert isinstance(answer, Declined)
    return answer.code


def test_an_authorisation_says_until_when_it_holds(
    gateway: PaymentGateway, send: Send, stripe: StripeClient, clock: FixedClock
) -> None:
    intent = send(Operation.AUTHORISE, method="pm_card_visa")
    answer = gateway.take(intent)
    assert answer == Succeeded(
        reference=stripe.v1.payment_intents.list().data[0].id,
        amount=PRICE,
        authorised_until=clock.now() + WEEK,
    )
    assert gateway.look_up(intent) == answer


def test_a_charge_takes_the_money_at_once(gateway: PaymentGateway, send: Send) -> None:
    answer = charge(gateway, send)
    assert (answer.amount, answer.authorised_until) == (PRICE, None)


def test_the_same_intent_sent_again_has_one_effect(
    gateway: PaymentGateway, send: Send, stripe: StripeClient
) -> None:
    intent = send(Operation.CHARGE, method="pm_card_visa")
    assert gateway.take(intent) == gateway.take(intent)
    assert len(stripe.v1.payment_intents.list().data) == 1


@pytest.mark.parametrize(
    ("card", "expected", "provider_code"),
    [
        ("pm_card_visa_chargeDeclined", DeclineCode.CARD_DECLINED, "generic_decline"),
        (
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            DeclineCode.INSUFFICIENT_FUNDS,
            "insufficient_funds",
        ),
        ("pm_card_chargeDeclinedExpiredCard", DeclineCode.EXPIRED_CARD, "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", DeclineCode.CARD_DECLINED, "incorrect_cvc"),
        ("pm_none", DeclineCode.INVALID_REQUEST, "resource_missing"),
    ],
)
def test_a_decline_is_an_answer(
    gateway: PaymentGateway, send: Send, card: str, expected: DeclineCode, provider_code: str
) -> None:
    intent = send(Operation.AUTHORISE, method=card)
    answer = gateway.take(intent)
    assert isinstance(answer, Declined)
    assert (answer.code, answer.provider_code) == (expected, provider_code)
    assert answer.message
    if expected is not DeclineCode.INVALID_REQUEST:
        assert gateway.look_up(intent) == answer


def test_a_challenged_payer_is_sent_to_the_bank_and_the_outcome_is_looked_up(
    stripe: StripeClient, server: StripeServer, send: Send, clock: FixedClock
) -> None:
    gateway = StripeGateway(client=stripe, return_url="https://hotel.example/done")
    intent = send(Operation.AUTHORISE, method="pm_card_authenticationRequired")
    answer = gateway.take(intent)
    assert isinstance(answer, RequiresAction)
    assert answer.url == f"{server.url}/_pages/3ds/{answer.reference}"
    assert answer.client_secret
    assert answer.client_secret not in repr(answer)
    waiting = intent.record(answer, clock.now()).state
    assert gateway.look_up(waiting) == answer
    server.authenticate(answer.reference)
    paid = gateway.look_up(waiting)
    assert isinstance(paid, Succeeded)
    assert (paid.reference, paid.amount) == (answer.reference, PRICE)


def test_without_a_return_address_the_page_uses_the_client_secret(
    gateway: PaymentGateway, send: Send
) -> None:
    answer = gateway.take(send(Operation.CHARGE, method="pm_card_authenticationRequired"))
    assert isinstance(answer, RequiresAction)
    assert (answer.url, bool(answer.client_secret)) == ("", True)


def test_a_failed_challenge_is_a_decline(
    gateway: PaymentGateway, send: Send, server: StripeServer, clock: FixedClock
) -> None:
    intent = send(Operation.CHARGE, method="pm_card_authenticationRequired")
    answer = gateway.take(intent)
    assert isinstance(answer, RequiresAction)
    server.authenticate(answer.reference, succeed=False)
    waiting = intent.record(answer, clock.now()).state
    assert code(gateway.look_up(waiting)) is DeclineCode.AUTHENTICATION_FAILED


def test_a_payer_who_is_being_asked_is_cut_off(gateway: PaymentGateway, send: Send) -> None:
    answer = gateway.take(send(Operation.CHARGE, method="pm_card_authenticationRequired"))
    assert isinstance(answer, RequiresAction)
    assert isinstance(gateway.void(send(Operation.VOID, reference=answer.reference)), Succeeded)


def test_a_part_is_captured(gateway: PaymentGateway, send: Send) -> None:
    reference = authorise(gateway, send).reference
    intent = send(Operation.CAPTURE, reference=reference, amount=Money(500, "USD"))
    assert gateway.look_up(intent) is None
    answer = gateway.capture(intent)
    assert answer == Succeeded(reference=reference, amount=Money(500, "USD"))
    assert gateway.look_up(intent) == answer


def test_a_capture_sent_again_after_the_key_is_forgotten_is_still_one_capture(
    gateway: PaymentGateway, send: Send, server: StripeServer
) -> None:
    intent = send(Operation.CAPTURE, reference=authorise(gateway, send).reference)
    answer = gateway.capture(intent)
    server.advance(timedelta(hours=25))
    assert gateway.capture(intent) == answer


def test_no_more_than_was_authorised_is_captured(gateway: PaymentGateway, send: Send) -> None:
    reference = authorise(gateway, send).reference
    answer = gateway.capture(send(Operation.CAPTURE, reference=reference, amount=Money(66_415, "USD")))
    assert code(answer) is DeclineCode.INVALID_REQUEST


def test_an_authorisation_that_lapsed_says_so(
    gateway: PaymentGateway, send: Send, server: StripeServer
) -> None:
    intent = send(Operation.AUTHORISE, method="pm_card_visa")
    answer = gateway.take(intent)
    assert isinstance(answer, Succeeded)
    server.advance(WEEK)
    capture = send(Operation.CAPTURE, reference=answer.reference)
    assert code(gateway.capture(capture)) is DeclineCode.AUTHORISATION_EXPIRED
    assert code(gateway.look_up(capture)) is DeclineCode.AUTHORISATION_EXPIRED
    assert code(gateway.look_up(intent)) is DeclineCode.AUTHORISATION_EXPIRED
    assert isinstance(gateway.void(send(Operation.VOID, reference=answer.reference)), Succeeded)


def test_voiding_again_is_the_same_and_what_was_voided_cannot_be_captured(
    gateway: PaymentGateway, send: Send
) -> None:
    first = send(Operation.AUTHORISE, method="pm_card_visa")
    answer = gateway.take(first)
    assert isinstance(answer, Succeeded)
    first_void, void = (send(Operation.VOID, reference=answer.reference) for _ in range(2))
    for each in (first_void, void):
        assert gateway.void(each) == Succeeded(reference=answer.reference, amount=PRICE)
    assert gateway.look_up(void) == Succeeded(reference=answer.reference, amount=PRICE)
    assert code(gateway.look_up(first)) is DeclineCode.ALREADY_VOIDED
    capture = send(Operation.CAPTURE, reference=answer.reference)
    assert code(gateway.capture(capture)) is DeclineCode.ALREADY_VOIDED


def test_money_that_was_captured_cannot_be_voided(gateway: PaymentGateway, send: Send) -> None:
    reference = charge(gateway, send).reference
    void = send(Operation.VOID, reference=reference)
    assert code(gateway.void(void)) is DeclineCode.ALREADY_CAPTURED
    assert code(gateway.look_up(void)) is DeclineCode.ALREADY_CAPTURED


def test_refunds_in_parts_never_exceed_what_was_paid(gateway: PaymentGateway, send: Send) -> None:
    reference = charge(gateway, send, amount=Money(1_000, "USD")).reference
    part = send(Operation.REFUND, reference=reference, amount=Money(600, "USD"))
    assert gateway.look_up(part) is None
    answer = gateway.refund(part)
    assert isinstance(answer, Succeeded)
    assert answer.amount == Money(600, "USD")
    assert answer.reference.startswith("re_")
    assert gateway.refund(part) == answer
    over = send(Operation.REFUND, reference=reference, amount=Money(401, "USD"))
    assert code(gateway.refund(over)) is DeclineCode.INVALID_REQUEST
    assert gateway.look_up(over) is None
    assert gateway.look_up(part) == answer


def test_a_slow_refund_is_in_the_providers_hands_until_it_arrives(
    gateway: PaymentGateway, send: Send, server: StripeServer, clock: FixedClock
) -> None:
    reference = charge(gateway, send, "pm_card_pendingRefund").reference
    intent = send(Operation.REFUND, reference=reference)
    answer = gateway.refund(intent)
    assert isinstance(answer, Unknown)
    assert answer.reference.startswith("re_")
    pending = intent.record(answer, clock.now()).state
    assert gateway.look_up(pending) == answer
    server.advance(timedelta(hours=1))
    assert gateway.look_up(pending) == Succeeded(reference=answer.reference, amount=PRICE)


def test_a_refund_that_comes_back_is_a_decline(
    gateway: PaymentGateway, send: Send, server: StripeServer
) -> None:
    intent = send(Operation.REFUND, reference=charge(gateway, send, "pm_card_refundFail").reference)
    assert isinstance(gateway.refund(intent), Succeeded)
    server.advance(timedelta(hours=1))
    failed = gateway.look_up(intent)
    assert isinstance(failed, Declined)
    assert (failed.code, failed.provider_code) == (DeclineCode.OTHER, "expired_or_canceled_card")


def test_the_sweep_lists_every_payment_with_its_money(
    gateway: PaymentGateway, send: Send, stripe: StripeClient, clock: FixedClock, server: StripeServer
) -> None:
    began = clock.now()
    stripe.v1.payment_intents.create(asked())  # somebody else's
    server.advance(timedelta(minutes=1))
    intents = [send(Operation.AUTHORISE, method="pm_card_visa") for _ in range(3)]
    taken = [gateway.take(intent) for intent in intents]
    references = [answer.reference for answer in taken if isinstance(answer, Succeeded)]
    gateway.capture(send(Operation.CAPTURE, reference=references[0], amount=Money(1_000, "USD")))
    gateway.refund(send(Operation.REFUND, reference=references[0], amount=Money(400, "USD")))
    first = gateway.list_since(began, limit=2)
    second = gateway.list_since(began, after=first[-1].reference, limit=2)
    assert gateway.list_since(began, after=second[-1].reference, limit=2) == []
    listed = [*first, *second]
    assert [each.intent for each in listed] == [*(intent.id for intent in reversed(intents)), None]
    assert [each.authorised.amount_minor for each in listed[:3]] == [66_414, 66_414, 0]
    captured = listed[2]
    assert (captured.captured, captured.refunded) == (Money(1_000, "USD"), Money(400, "USD"))
    assert captured.created_at == began + timedelta(minutes=1)
    assert len(gateway.list_since(began + timedelta(seconds=1))) == 3


def test_a_lost_payment_is_found_by_its_mark_among_many(
    gateway: PaymentGateway, send: Send, stripe: StripeClient
) -> None:
    intent = send(Operation.AUTHORISE, method="pm_card_visa")
    answer = gateway.take(intent)
    for _ in range(101):
        stripe.v1.payment_intents.create({"amount": 100, "currency": "usd"})
    assert gateway.look_up(intent) == answer
    assert gateway.look_up(send(Operation.AUTHORISE, method="pm_card_visa")) is None


@pytest.mark.parametrize(
    "amount", [Money(1_000, "JPY"), Money(1_000, "ISK"), Money(10_000, "KWD"), Money(500, "MGA")]
)
def test_an_amount_arrives_in_its_own_currency(gateway: PaymentGateway, send: Send, amount: Money) -> None:
    assert charge(gateway, send, amount=amount).amount == amount


@pytest.mark.parametrize(
    "operation", [Operation.AUTHORISE, Operation.CHARGE, Operation.CAPTURE, Operation.REFUND]
)
def test_an_amount_that_stripe_has_no_number_for_is_declined_without_asking(
    gateway: PaymentGateway, send: Send, stripe: StripeClient, operation: Operation
) -> None:
    first = operation in FIRST_STEPS
    intent = send(
        operation,
        method="pm_card_visa" if first else "",
        reference="" if first else "pi_1",
        amount=Money.of("5.01", "MGA"),
    )
    ask = {Operation.CAPTURE: gateway.capture, Operation.REFUND: gateway.refund}.get(operation, gateway.take)
    answer = ask(intent)
    assert isinstance(answer, Declined)
    assert answer.code is DeclineCode.INVALID_REQUEST
    assert stripe.v1.payment_intents.list().data == []


def test_wrong_credentials_are_for_people(server: StripeServer, send: Send, clock: FixedClock) -> None:
    gateway = StripeGateway(client=connect("sk_test_wrong", url=server.url))
    intent = send(Operation.CHARGE, method="pm_card_visa")
    with pytest.raises(GatewayMisused):
        gateway.take(intent)
    with pytest.raises(GatewayMisused):
        gateway.look_up(intent)
    with pytest.raises(GatewayMisused):
        gateway.list_since(clock.now())


def test_a_key_that_comes_with_something_else_is_for_people(
    gateway: PaymentGateway, send: Send, clock: FixedClock
) -> None:
    intent = send(Operation.CHARGE, method="pm_card_visa")
    gateway.take(intent)
    other = send(Operation.CHARGE, method="pm_card_visa", amount=Money(100, "USD"), id=intent.id)
    with pytest.raises(GatewayMisused):
        gateway.take(other)


def test_secrets_stay_out_of_what_is_logged(server: StripeServer) -> None:
    assert server.api_key not in repr(StripeGateway(client=connect(server.api_key, url=server.url)))


def test_an_intent_that_was_never_sent_is_not_looked_for(
    gateway: PaymentGateway, send: Send, server: StripeServer, clock: FixedClock
) -> None:
    unsent = send(Operation.CHARGE, method="pm_card_visa").put_off(clock.now()).state
    assert unsent.sent_at is None
    assert gateway.look_up(unsent) is None
    assert server.seen == ()
