"""The contract of PaymentGateway: once a key, declines are answers, and the provider's limits hold."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.testing.contracts.provider import PRICE, Provider, TestCards, an_intent
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import (
    Answer,
    DeclineCode,
    Declined,
    RequiresAction,
    Succeeded,
    Unknown,
)
from booking_core.domain.payments.intent import Intent, Operation
from booking_core.ports.payments import GatewayMisused, PaymentGateway

DAY = timedelta(days=1)
SOME = Money(500, "USD")


@attrs.frozen
class Till:
    """Sends intents through the gateway and remembers nothing."""

    gateway: PaymentGateway
    provider: Provider

    def intent(self, operation: Operation, **facts: Any) -> Intent:
        """An intent that is being sent now."""
        return an_intent(operation, self.provider.now(), **facts)

    def took(self, operation: Operation, card: str, **facts: Any) -> tuple[Intent, Succeeded]:
        """A first step that succeeded."""
        intent = self.intent(operation, method=card, **facts)
        answer = self.gateway.take(intent)
        assert isinstance(answer, Succeeded), answer
        return intent, answer

    def authorised(self, card: str) -> str:
        """The reference of an authorisation."""
        return self.took(Operation.AUTHORISE, card)[1].reference

    def charged(self, card: str, amount: Money = PRICE) -> str:
        """The reference of a charge."""
        return self.took(Operation.CHARGE, card, amount=amount)[1].reference

    def asked(self, card: str, operation: Operation = Operation.CHARGE) -> tuple[Intent, str]:
        """A first step that waits for the payer, as it is recorded, and its reference."""
        intent = self.intent(operation, method=card)
        answer = self.gateway.take(intent)
        assert isinstance(answer, RequiresAction), answer
        assert answer.url or answer.client_secret
        return intent.record(answer, self.provider.now()).state, answer.reference

    def about(self, operation: Operation, reference: str, amount: Money = PRICE) -> Intent:
        """An intent about what the provider has."""
        return self.intent(operation, reference=reference, amount=amount)


def code(answer: Answer | None) -> DeclineCode:
    """Why it was declined."""
    assert isinstance(answer, Declined), answer
    return answer.code


class PaymentGatewayContract:
    """Needs the fixtures `gateway` and `provider`; `cards` where the cards have names of their own."""

    @pytest.fixture
    def cards(self) -> TestCards:
        """The names of the test cards."""
        return TestCards()

    @pytest.fixture
    def till(self, gateway: PaymentGateway, provider: Provider) -> Till:
        """Somebody who sends intents."""
        return Till(gateway, provider)

    def test_an_authorisation_says_until_when_it_holds(self, till: Till, cards: TestCards) -> None:
        intent, answer = till.took(Operation.AUTHORISE, cards.good)
        assert answer.amount == PRICE
        assert answer.authorised_until is not None
        assert answer.authorised_until > till.provider.now() + DAY
        assert till.gateway.look_up(intent) == answer

    def test_a_charge_takes_the_money_at_once(self, till: Till, cards: TestCards) -> None:
        intent, answer = till.took(Operation.CHARGE, cards.good)
        assert (answer.amount, answer.authorised_until) == (PRICE, None)
        assert till.gateway.look_up(intent) == answer

    @pytest.mark.parametrize("operation", [Operation.AUTHORISE, Operation.CHARGE])
    def test_the_same_key_has_one_effect(self, till: Till, cards: TestCards, operation: Operation) -> None:
        began = till.provider.now()
        intent, answer = till.took(operation, cards.good)
        till.provider.advance(timedelta(hours=23))
        assert till.gateway.take(intent) == answer
        assert [each.intent for each in till.gateway.list_since(began)] == [intent.id]

    def test_a_key_that_comes_with_something_else_is_for_people(self, till: Till, cards: TestCards) -> None:
        intent, _ = till.took(Operation.CHARGE, cards.good)
        with pytest.raises(GatewayMisused):
            till.gateway.take(attrs.evolve(intent, amount=SOME))

    @pytest.mark.parametrize(
        ("card", "expected"),
        [
            ("declined", DeclineCode.CARD_DECLINED),
            ("without_funds", DeclineCode.INSUFFICIENT_FUNDS),
            ("expired", DeclineCode.EXPIRED_CARD),
        ],
    )
    @pytest.mark.parametrize("operation", [Operation.AUTHORISE, Operation.CHARGE])
    def test_a_decline_is_an_answer_and_stays_one(
        self, till: Till, cards: TestCards, card: str, expected: DeclineCode, operation: Operation
    ) -> None:
        intent = till.intent(operation, method=getattr(cards, card))
        answer = till.gateway.take(intent)
        assert isinstance(answer, Declined)
        assert (answer.code, bool(answer.message)) == (expected, True)
        assert till.gateway.look_up(intent) == till.gateway.take(intent) == answer

    def test_a_card_that_nobody_has_is_declined(self, till: Till, cards: TestCards) -> None:
        intent = till.intent(Operation.CHARGE, method=cards.unknown)
        assert code(till.gateway.take(intent)) is DeclineCode.INVALID_REQUEST

    @pytest.mark.parametrize("operation", [Operation.AUTHORISE, Operation.CHARGE])
    def test_a_payer_who_is_asked_pays_once_they_answered(
        self, till: Till, cards: TestCards, operation: Operation
    ) -> None:
        waiting, reference = till.asked(cards.asks_always, operation)
        assert isinstance(till.gateway.look_up(waiting), RequiresAction)
        till.provider.authenticate(reference)
        paid = till.gateway.look_up(waiting)
        assert isinstance(paid, Succeeded)
        assert (paid.reference, paid.amount) == (reference, PRICE)
        assert (paid.authorised_until is not None) == (operation is Operation.AUTHORISE)

    def test_a_payer_who_fails_to_answer_is_declined(self, till: Till, cards: TestCards) -> None:
        waiting, reference = till.asked(cards.asks_always)
        till.provider.authenticate(reference, succeeds=False)
        assert code(till.gateway.look_up(waiting)) is DeclineCode.AUTHENTICATION_FAILED

    def test_a_payer_who_is_away_is_not_asked(self, till: Till, cards: TestCards) -> None:
        intent = till.intent(Operation.CHARGE, method=cards.asks_always, is_off_session=True)
        assert code(till.gateway.take(intent)) is DeclineCode.AUTHENTICATION_FAILED

    def test_a_payer_who_is_asked_can_be_cut_off(self, till: Till, cards: TestCards) -> None:
        waiting, reference = till.asked(cards.asks_always)
        assert isinstance(till.gateway.void(till.about(Operation.VOID, reference)), Succeeded)
        assert code(till.gateway.look_up(waiting)) is DeclineCode.ALREADY_VOIDED

    @pytest.mark.parametrize("amount", [PRICE, SOME], ids=["all", "a part"])
    def test_a_capture_takes_all_or_a_part_once(self, till: Till, cards: TestCards, amount: Money) -> None:
        reference = till.authorised(cards.good)
        intent = till.about(Operation.CAPTURE, reference, amount)
        assert till.gateway.look_up(intent) is None
        answer = till.gateway.capture(intent)
        assert answer == Succeeded(reference=reference, amount=amount)
        assert till.gateway.capture(intent) == till.gateway.look_up(intent) == answer
        till.provider.advance(2 * DAY)
        assert till.gateway.capture(intent) == answer
        (found,) = till.gateway.list_since(till.provider.now() - 3 * DAY)
        assert (found.authorised, found.captured) == (Money.zero("USD"), amount)

    def test_no_more_than_was_authorised_is_captured(self, till: Till, cards: TestCards) -> None:
        above = till.about(Operation.CAPTURE, till.authorised(cards.good), PRICE + SOME)
        assert code(till.gateway.capture(above)) is DeclineCode.INVALID_REQUEST

    def test_an_authorisation_that_lapsed_says_so(self, till: Till, cards: TestCards) -> None:
        first, answer = till.took(Operation.AUTHORISE, cards.good)
        assert answer.authorised_until is not None
        till.provider.advance(answer.authorised_until - till.provider.now())
        capture = till.about(Operation.CAPTURE, answer.reference)
        assert code(till.gateway.capture(capture)) is DeclineCode.AUTHORISATION_EXPIRED
        assert code(till.gateway.look_up(capture)) is DeclineCode.AUTHORISATION_EXPIRED
        assert code(till.gateway.look_up(first)) is DeclineCode.AUTHORISATION_EXPIRED
        assert isinstance(till.gateway.void(till.about(Operation.VOID, answer.reference)), Succeeded)

    def test_voiding_again_is_the_same_and_ends_it(self, till: Till, cards: TestCards) -> None:
        first, answer = till.took(Operation.AUTHORISE, cards.good)
        done = Succeeded(reference=answer.reference, amount=PRICE)
        voids = [till.about(Operation.VOID, answer.reference) for _ in range(2)]
        assert till.gateway.look_up(voids[0]) is None
        assert [till.gateway.void(each) for each in voids] == [done, done]
        assert till.gateway.look_up(voids[1]) == done
        assert code(till.gateway.look_up(first)) is DeclineCode.ALREADY_VOIDED
        capture = till.about(Operation.CAPTURE, answer.reference)
        assert code(till.gateway.capture(capture)) is DeclineCode.ALREADY_VOIDED

    def test_what_was_captured_cannot_be_voided(self, till: Till, cards: TestCards) -> None:
        void = till.about(Operation.VOID, till.charged(cards.good))
        assert code(till.gateway.void(void)) is DeclineCode.ALREADY_CAPTURED
        assert code(till.gateway.look_up(void)) is DeclineCode.ALREADY_CAPTURED

    def test_refunds_in_parts_never_exceed_what_was_paid(self, till: Till, cards: TestCards) -> None:
        reference = till.charged(cards.good, Money(1_000, "USD"))
        part = till.about(Operation.REFUND, reference, Money(600, "USD"))
        assert till.gateway.look_up(part) is None
        answer = till.gateway.refund(part)
        assert isinstance(answer, Succeeded)
        assert (answer.amount, answer.reference == reference) == (Money(600, "USD"), False)
        assert till.gateway.refund(part) == till.gateway.look_up(part) == answer
        above = till.about(Operation.REFUND, reference, Money(401, "USD"))
        assert code(till.gateway.refund(above)) is DeclineCode.INVALID_REQUEST
        assert till.gateway.look_up(above) is None
        rest = till.about(Operation.REFUND, reference, Money(400, "USD"))
        assert isinstance(till.gateway.refund(rest), Succeeded)

    def test_what_was_not_captured_is_not_refunded(self, till: Till, cards: TestCards) -> None:
        refund = till.about(Operation.REFUND, till.authorised(cards.good))
        assert code(till.gateway.refund(refund)) is DeclineCode.INVALID_REQUEST

    def test_a_slow_refund_is_asked_about_again(self, till: Till, cards: TestCards) -> None:
        intent = till.about(Operation.REFUND, till.charged(cards.refunded_later))
        answer = till.gateway.refund(intent)
        assert isinstance(answer, Unknown)
        assert answer.reference
        pending = intent.record(answer, till.provider.now()).state
        assert till.gateway.look_up(pending) == answer
        till.provider.advance(DAY)
        assert till.gateway.look_up(pending) == Succeeded(reference=answer.reference, amount=PRICE)

    def test_a_refund_that_comes_back_is_a_decline(self, till: Till, cards: TestCards) -> None:
        intent = till.about(Operation.REFUND, till.charged(cards.refund_fails))
        assert isinstance(till.gateway.refund(intent), Succeeded)
        till.provider.advance(DAY)
        assert code(till.gateway.look_up(intent)) is DeclineCode.OTHER

    @pytest.mark.parametrize("operation", [Operation.CAPTURE, Operation.VOID, Operation.REFUND])
    def test_a_payment_that_is_not_there(self, till: Till, operation: Operation) -> None:
        """It may be that we asked with another business's credentials: then it is for people."""
        intent = till.about(operation, "pi_none")
        act: Callable[[Intent], Answer] = getattr(till.gateway, operation.value)
        try:
            answer = act(intent)
        except GatewayMisused:
            return
        assert code(answer) is DeclineCode.INVALID_REQUEST

    def test_what_was_never_sent_is_not_known(self, till: Till, cards: TestCards) -> None:
        till.charged(cards.good)
        assert till.gateway.look_up(till.intent(Operation.CHARGE, method=cards.good)) is None

    @pytest.mark.parametrize("amount", [Money(1_000, "JPY"), Money(10_000, "KWD")], ids=str)
    def test_an_amount_arrives_in_its_own_currency(self, till: Till, cards: TestCards, amount: Money) -> None:
        assert till.took(Operation.CHARGE, cards.good, amount=amount)[1].amount == amount

    def test_every_payment_is_listed_once_with_its_money(self, till: Till, cards: TestCards) -> None:
        till.charged(cards.good)
        till.provider.advance(timedelta(minutes=1))
        began = till.provider.now()
        taken = [till.took(Operation.AUTHORISE, cards.good) for _ in range(3)]
        reference = taken[0][1].reference
        till.gateway.capture(till.about(Operation.CAPTURE, reference, Money(1_000, "USD")))
        till.gateway.refund(till.about(Operation.REFUND, reference, Money(400, "USD")))
        first = till.gateway.list_since(began, limit=2)
        rest = till.gateway.list_since(began, after=first[-1].reference, limit=2)
        assert (len(first), len(rest)) == (2, 1)
        listed = {each.intent: each for each in (*first, *rest)}
        assert listed.keys() == {intent.id for intent, _ in taken}
        captured, untouched = listed[taken[0][0].id], listed[taken[1][0].id]
        assert (captured.captured, captured.refunded) == (Money(1_000, "USD"), Money(400, "USD"))
        assert (untouched.authorised, untouched.captured) == (PRICE, Money.zero("USD"))
        assert captured.created_at == began
