"""The contract of the queue of payment intents: how it stands. It has no dead letters, and forgets nothing."""

from datetime import datetime

import pytest

from booking_adapters.testing.contracts.cashier import LEASE, SOON, WEEK, Cashier, MoneyContract
from booking_adapters.testing.contracts.scene import NOW
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.payments.answers import Unknown
from booking_core.ports.queues import Standing

QUEUE = "payment intents"


class IntentQueueContract(MoneyContract):
    """What waits to be sent, and what is tried again."""

    def test_what_is_to_be_sent_waits_since_it_was_due(self, cashier: Cashier) -> None:
        cashier.asked()
        cashier.asked()
        assert standing(cashier, NOW) == Standing(waiting=2, oldest=NOW)

    def test_what_is_being_sent_waits_for_nobody_until_its_lease_ends(self, cashier: Cashier) -> None:
        _, intent = cashier.asked()
        cashier.save(intent.lease(SOON, LEASE))
        assert standing(cashier, SOON) == Standing()
        assert standing(cashier, SOON + LEASE) == Standing(waiting=1, oldest=SOON + LEASE)

    def test_what_was_put_off_or_has_no_outcome_is_tried_again(self, cashier: Cashier) -> None:
        _, first = cashier.asked()
        off = cashier.save(cashier.save(first.lease(SOON, LEASE)).put_off(SOON))
        _, second = cashier.asked()
        lost = cashier.save(cashier.save(second.lease(SOON, LEASE)).record(Unknown(reason="lost"), SOON))
        assert standing(cashier, SOON) == Standing(failing=2, oldest=min(off.next_at, lost.next_at))

    def test_what_is_settled_is_no_part_of_it(self, cashier: Cashier) -> None:
        cashier.charged()
        assert standing(cashier, SOON + WEEK) == Standing()

    def test_it_has_no_dead_letters_and_forgets_nothing(self, cashier: Cashier) -> None:
        _, intent = cashier.asked()
        with cashier.scene.begin() as tx:
            queue = tx.queues[QUEUE]
            assert queue.dead(9) == ()
            assert queue.forget(SOON + WEEK, 9) == queue.discard(SOON + WEEK, 9) == 0
            with pytest.raises(NotFound):
                queue.requeue(str(intent.id), SOON)
        assert standing(cashier, NOW).waiting == 1


def standing(cashier: Cashier, at: datetime) -> Standing:
    """How the queue stands."""
    with cashier.scene.reading() as tx:
        return tx.queues[QUEUE].standing(at)
