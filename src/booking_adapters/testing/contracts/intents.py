"""The contract of Intents: found again, taken by one worker at a time, and none of them twice."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.contracts.cashier import LEASE, SOON, WEEK, Cashier, MoneyContract
from booking_adapters.testing.contracts.crowd import (
    PATIENCE_SECONDS,
    all_at_once,
    had_a_moment,
    somebody_else,
)
from booking_adapters.testing.contracts.scene import NOW
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import IntentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import (
    DeclineCode,
    Declined,
    RequiresAction,
    Unknown,
)
from booking_core.domain.payments.intent import KEY_HOLDS_FOR, Operation


class IntentsContract(MoneyContract):
    """Finding intents, taking them, and what may not exist twice."""

    def test_an_intent_is_found_by_its_key_and_by_what_the_provider_made(self, cashier: Cashier) -> None:
        payment, intent = cashier.charged()
        payment, refund = cashier.instruct(payment, Operation.REFUND)
        payment, refund = cashier.answered(payment, refund, Unknown(reason="pending", reference="re_1"))
        with cashier.scene.reading() as tx:
            assert tx.intents.find(intent.key) == intent
            assert tx.intents.that_made("pi_1") == intent
            assert tx.intents.that_made("re_1") == refund

    def test_what_the_provider_made_stays_known_after_a_refusal(self, cashier: Cashier) -> None:
        asked = cashier.answered(*cashier.asked(), RequiresAction(reference="pi_1"))
        refusal = Declined(code=DeclineCode.AUTHENTICATION_FAILED, message="No.")
        _, failed = cashier.answered(*asked, refusal)
        with cashier.scene.reading() as tx:
            assert tx.intents.that_made("pi_1") == failed

    def test_what_the_provider_made_belongs_to_one_intent(self, cashier: Cashier) -> None:
        cashier.authorised("pi_1")
        with pytest.raises(Conflict):
            cashier.authorised("pi_1")

    def test_a_key_belongs_to_one_intent(self, cashier: Cashier) -> None:
        _, intent = cashier.asked()
        with pytest.raises(Conflict), cashier.scene.begin() as tx:
            tx.intents.save(Change(intent, (), None))

    def test_a_new_key_replaces_the_old_one(self, cashier: Cashier) -> None:
        _, intent = cashier.asked()
        lost = cashier.save(cashier.save(intent.lease(SOON, LEASE)).record(Unknown(reason="lost"), SOON))
        anew = cashier.save(lost.start_anew(SOON + KEY_HOLDS_FOR))
        assert anew.key != intent.key
        with cashier.scene.reading() as tx:
            assert tx.intents.find(anew.key) == anew
            with pytest.raises(NotFound):
                tx.intents.find(intent.key)

    def test_an_intent_of_no_payment_is_refused(self, cashier: Cashier) -> None:
        _, intent = cashier.a_payment()
        with pytest.raises(Conflict), cashier.scene.begin() as tx:
            tx.intents.save(intent)

    @pytest.mark.parametrize("operation", [Operation.AUTHORISE, Operation.CHARGE])
    def test_a_payment_has_one_live_authorisation(self, cashier: Cashier, operation: Operation) -> None:
        payment, intent = cashier.asked()
        second = cashier.a_payment(payment.reservation, operation=operation)[1].state
        second = attrs.evolve(second, payment=payment.id)
        with pytest.raises(Conflict), cashier.scene.begin() as tx:
            tx.intents.save(Change(second, (), None))
        cashier.save(intent.supersede(SOON, "another card"))
        with cashier.scene.begin() as tx:
            tx.intents.save(Change(second, (), None))

    def test_a_payment_has_one_live_void_and_several_refunds(self, cashier: Cashier) -> None:
        payment, _ = cashier.charged()
        part = Money(100, "USD")
        payment, _ = cashier.instruct(payment, Operation.REFUND, part)
        payment, _ = cashier.instruct(payment, Operation.REFUND, part)
        other, first = cashier.instruct(cashier.authorised("pi_2")[0], Operation.VOID)
        second = attrs.evolve(first, id=IntentId(cashier.scene.ids.new()))
        with pytest.raises(Conflict), cashier.scene.begin() as tx:
            tx.intents.save(Change(second, (), None))
        assert cashier.payment(other) == other

    def test_of_two_changes_of_one_state_the_second_is_refused(self, cashier: Cashier) -> None:
        _, intent = cashier.asked()
        leased = cashier.save(intent.lease(SOON, LEASE))
        with pytest.raises(StaleVersion):
            cashier.save(intent.supersede(SOON, "too late"))
        assert cashier.intent(intent) == leased

    def test_the_longest_due_are_taken_first_and_once(self, cashier: Cashier) -> None:
        intents = [cashier.asked()[1] for _ in range(3)]
        late = cashier.asked()[1]
        late = cashier.save(cashier.save(late.lease(NOW, LEASE)).put_off(NOW))
        with cashier.scene.begin() as tx:
            taken = tx.intents.lease(SOON, 2, LEASE)
            assert [each.id for each in taken] == [each.id for each in intents[:2]]
            assert all(each.next_at == SOON + LEASE for each in taken)
        with cashier.scene.begin() as tx:
            assert [each.id for each in tx.intents.lease(SOON, 9, LEASE)] == [intents[2].id]
        assert cashier.intent(taken[0]) == taken[0]
        assert cashier.intent(late) == late

    def test_a_lease_that_ran_out_is_taken_over(self, cashier: Cashier) -> None:
        _, intent = cashier.asked()
        lease = intent.lease(NOW, LEASE)
        cashier.save(lease)
        with cashier.scene.begin() as tx:
            assert list(tx.intents.lease(NOW + LEASE - timedelta(seconds=1), 9, LEASE)) == []
        with cashier.scene.begin() as tx:
            (again,) = tx.intents.lease(NOW + LEASE, 9, LEASE)
        assert (again.attempts, again.is_doubtful) == (2, True)
        with pytest.raises(StaleVersion):
            cashier.save(lease.state.record(Unknown(reason="the first worker is slow"), NOW + LEASE))

    def test_what_is_settled_is_never_taken(self, cashier: Cashier) -> None:
        cashier.charged()
        cashier.save(cashier.asked()[1].supersede(SOON, "not wanted"))
        with cashier.scene.begin() as tx:
            assert list(tx.intents.lease(NOW + WEEK, 9, LEASE)) == []

    def test_a_lease_that_is_rolled_back_is_none(self, cashier: Cashier) -> None:
        _, intent = cashier.asked()
        with pytest.raises(RuntimeError), cashier.scene.begin() as tx:
            assert tx.intents.lease(SOON, 9, LEASE)
            raise RuntimeError
        assert cashier.intent(intent) == intent

    def test_two_workers_never_have_the_same_intent(self, cashier: Cashier) -> None:
        every = {cashier.asked()[1].id for _ in range(12)}

        def work() -> list[IntentId]:
            mine: list[IntentId] = []
            for _ in range(12):
                with cashier.scene.begin() as tx:
                    mine += [each.id for each in tx.intents.lease(SOON, 2, LEASE)]
            return mine

        outcomes = all_at_once(*[work] * 4)
        taken = [each for mine in outcomes if isinstance(mine, list) for each in mine]
        assert sorted(taken) == sorted(every), outcomes

    def test_a_worker_passes_over_what_another_is_taking(self, cashier: Cashier) -> None:
        """Or waits for the other to commit, where a storage has one writer at a time: never the same one."""
        first, second = cashier.asked()[1], cashier.asked()[1]

        def take() -> list[IntentId]:
            with cashier.scene.begin() as tx:
                return [each.id for each in tx.intents.lease(SOON, 9, LEASE)]

        with cashier.scene.begin() as tx:
            (mine,) = tx.intents.lease(SOON, 1, LEASE)
            other = somebody_else(take)
            had_a_moment(other)
        assert mine.id == first.id
        assert other.result(PATIENCE_SECONDS) == [second.id]
