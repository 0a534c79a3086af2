"""The contract of Payments: written with their intents, changed by one at a time."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.contracts.cashier import LEASE, PRICE, SOON, WEEK, Cashier, MoneyContract
from booking_adapters.testing.contracts.crowd import (
    all_at_once,
)
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage
from booking_adapters.testing.contracts.unit_of_work import Written
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
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
from booking_core.domain.payments.payment import Payment


class PaymentsContract(MoneyContract):
    """Payments, written with their intents. Needs the fixtures `audit` and `outbox`, as the EventsContract does."""

    def test_a_payment_and_its_intent_survive_together(self, cashier: Cashier) -> None:
        payment, intent = cashier.asked(operation=Operation.CHARGE, is_off_session=True)
        assert (cashier.payment(payment), cashier.intent(intent)) == (payment, intent)

    @pytest.mark.parametrize(
        "answer",
        [
            Succeeded(reference="pi_1", amount=PRICE, authorised_until=NOW + WEEK),
            Succeeded(reference="pi_1", amount=Money(1, "USD")),
            Declined(code=DeclineCode.INSUFFICIENT_FUNDS, message="Zu wenig Guthaben …", provider_code="x"),
            RequiresAction(reference="pi_1", url="https://bank.example/3ds", client_secret="made-up"),  # noqa: S106
            Unknown(reason="time-out"),
            Unknown(reason="processing", reference="pi_1"),
        ],
        ids=lambda answer: type(answer).__name__,
    )
    def test_every_answer_survives(self, cashier: Cashier, answer: Answer) -> None:
        payment, intent = cashier.answered(*cashier.asked(), answer)
        assert (cashier.payment(payment), cashier.intent(intent)) == (payment, intent)

    @pytest.mark.parametrize(
        "amount", [Money(66_414, "JPY"), Money(1, "KWD"), Money(2**63 - 1, "USD")], ids=str
    )
    def test_every_amount_survives(self, cashier: Cashier, amount: Money) -> None:
        payment, intent = cashier.asked(operation=Operation.CHARGE, amount=amount)
        payment, intent = cashier.answered(payment, intent, Succeeded(reference="pi_1", amount=amount))
        payment, refund = cashier.instruct(payment, Operation.REFUND, amount)
        payment, refund = cashier.answered(payment, refund, Succeeded(reference="re_1", amount=amount))
        assert (cashier.payment(payment), cashier.intent(refund)) == (payment, refund)
        assert payment.paid == Money.zero(amount.currency)

    def test_payments_and_intents_of_a_claim_in_order(self, cashier: Cashier) -> None:
        claim = ClaimId(cashier.scene.ids.new())
        asked = [cashier.asked(claim) for _ in range(3)]
        cashier.asked()
        with cashier.scene.reading() as tx:
            assert list(tx.payments.of_claim(claim)) == [payment for payment, _ in asked]
            assert list(tx.intents.of_claim(claim)) == [intent for _, intent in asked]
            assert list(tx.payments.of_claim(ClaimId(cashier.scene.ids.new()))) == []

    def test_what_does_not_exist_is_not_found(self, cashier: Cashier) -> None:
        with cashier.scene.reading() as tx:
            with pytest.raises(NotFound):
                tx.payments.get(PaymentId(cashier.scene.ids.new()))
            with pytest.raises(NotFound):
                tx.intents.get(IntentId(cashier.scene.ids.new()))
            with pytest.raises(NotFound):
                tx.intents.find("no such key")
            assert tx.intents.that_made("pi_none") is None

    def test_of_two_refunds_decided_on_one_state_one_is_written(self, cashier: Cashier) -> None:
        payment, _ = cashier.charged()
        first, second = (cashier.told(payment, Operation.REFUND) for _ in range(2))

        def write(decision: tuple[Change[Payment, Payment], Change[Intent, None]]) -> None:
            with cashier.scene.begin() as tx:
                tx.payments.save(*decision)

        outcomes = all_at_once(lambda: write(first), lambda: write(second))
        (lost,) = [outcome for outcome in outcomes if outcome is not None]
        assert isinstance(lost, StaleVersion)
        with cashier.scene.reading() as tx:
            assert len(tx.intents.of_claim(payment.reservation)) == 2
            assert tx.payments.get(payment.id).under_way(Operation.REFUND) == PRICE

    def test_a_refused_intent_takes_its_payment_along(self, cashier: Cashier) -> None:
        payment, _ = cashier.charged()
        changed, written = cashier.told(payment, Operation.REFUND)
        taken = attrs.evolve(cashier.asked()[1], payment=payment.id)
        with pytest.raises(Conflict), cashier.scene.begin() as tx:
            tx.payments.save(changed, written, Change(taken, (), None))
        assert cashier.payment(payment) == payment

    def test_what_was_rolled_back_is_not_there(self, cashier: Cashier) -> None:
        payment, intent = cashier.a_payment()
        with pytest.raises(RuntimeError), cashier.scene.begin() as tx:
            tx.payments.save(payment, intent)
            raise RuntimeError
        with cashier.scene.reading() as tx:
            assert list(tx.payments.of_claim(payment.state.reservation)) == []
            assert list(tx.intents.of_claim(payment.state.reservation)) == []
        with cashier.scene.begin() as tx:
            tx.payments.save(payment, intent)

    def test_a_superseded_instruction_makes_room_for_another(self, cashier: Cashier) -> None:
        payment, _ = cashier.authorised()
        payment, capture = cashier.instruct(payment, Operation.CAPTURE)
        dropped, ended = payment.drop(capture.id, SOON), capture.supersede(SOON, "cancelled")
        changed, void = cashier.told(dropped.state, Operation.VOID)
        with cashier.scene.begin() as tx:
            tx.payments.save(dropped, ended)
            tx.payments.save(changed, void)
        assert cashier.payment(payment) == changed.state
        assert not cashier.intent(capture).is_open

    def test_authorisations_that_lapse_soon_the_first_one_first(self, cashier: Cashier) -> None:
        untils = (NOW + 2 * WEEK, NOW + WEEK)
        late, soon = (
            cashier.answered(
                *cashier.asked(), Succeeded(reference=f"pi_{n}", amount=PRICE, authorised_until=until)
            )[0]
            for n, until in enumerate(untils)
        )
        captured, capture = cashier.instruct(cashier.authorised("pi_3")[0], Operation.CAPTURE)
        cashier.answered(captured, capture, Succeeded(reference="pi_3", amount=PRICE))
        with cashier.scene.reading() as tx:
            assert list(tx.payments.lapsing(NOW + WEEK, 10)) == [soon]
            assert list(tx.payments.lapsing(NOW + 2 * WEEK, 10)) == [soon, late]
            assert list(tx.payments.lapsing(NOW + 2 * WEEK, 1)) == [soon]
            assert list(tx.payments.lapsing(NOW + WEEK - timedelta(seconds=1), 10)) == []

    def test_tenants_have_money_of_their_own(self, store: Storage, cashier: Cashier) -> None:
        payment, intent = cashier.authorised()
        stranger = Cashier(Scene.fresh(store))
        with stranger.scene.begin() as tx:
            assert list(tx.payments.of_claim(payment.reservation)) == []
            assert list(tx.payments.lapsing(NOW + WEEK, 10)) == []
            assert list(tx.intents.of_claim(payment.reservation)) == []
            assert tx.intents.that_made("pi_1") is None
            assert list(tx.intents.lease(SOON, 10, LEASE)) == []
            for look in (lambda: tx.payments.get(payment.id), lambda: tx.intents.find(intent.key)):
                with pytest.raises(NotFound):
                    look()
        with pytest.raises(Conflict):
            stranger.instruct(payment, Operation.CAPTURE)
        assert stranger.authorised()[1].made == intent.made

    def test_every_change_is_told(self, cashier: Cashier, audit: Written, outbox: Written) -> None:
        payment, intent = cashier.a_payment()
        with cashier.scene.begin(Actor(kind="guest", name="ada")) as tx:
            tx.payments.save(payment, intent)
        cashier.answered(payment.state, intent.state, Unknown(reason="time-out"))
        names = ["CatalogChanged", "PaymentAsked", "IntentWritten"]
        names += ["IntentChanged", "PaymentRecorded", "IntentChanged"]
        assert list(audit(cashier.scene.tenant)) == list(
            zip(names, ["", "ada", "ada", "", "", ""], strict=True)
        )
        assert [name for name, _ in outbox(cashier.scene.tenant)] == names
