"""The contracts of what keeps messages in order: receipts of signed ones, and the queues of those that failed."""

from datetime import timedelta
from functools import partial
from urllib.parse import quote
from uuid import UUID

import attrs
import pytest

from booking_adapters.testing.contracts.channels import a_message, received, settle, waiting
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_adapters.testing.contracts.webhooks import leased, opened, owed, save
from booking_core.domain.kernel.errors import KeyReused, NotFound
from booking_core.domain.kernel.ids import DeliveryId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.ports.channels import Outcome, Receipt
from booking_core.ports.queues import DeadLetter, Standing

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RECEIPT = Receipt(channel="ota", id="msg_1", digest="0" * 64)


def keep(scene: Scene, receipt: Receipt = RECEIPT, *, hours_late: int = 0) -> bool:
    """Whether a message is new."""
    with scene.begin() as tx:
        return tx.channels.receipts.keep(receipt, NOW + hours_late * HOUR)


def dead(scene: Scene, queue: str, limit: int = 9) -> list[DeadLetter]:
    """The dead letters of a queue."""
    with scene.reading() as tx:
        return list(tx.queues[queue].dead(limit))


def standing(scene: Scene, queue: str, *, minutes: int = 0) -> Standing:
    """How it stands."""
    with scene.reading() as tx:
        return tx.queues[queue].standing(NOW + minutes * MINUTE)


def requeue(scene: Scene, queue: str, letter: str) -> DeadLetter:
    """Try it again."""
    with scene.begin() as tx:
        return tx.queues[queue].requeue(letter, NOW + HOUR)


def forget(scene: Scene, queue: str, *, hours_late: int, limit: int = 9) -> int:
    """Remove what was done with before an hour."""
    with scene.begin() as tx:
        return tx.queues[queue].forget(NOW + hours_late * HOUR, limit)


def discard(scene: Scene, queue: str, *, hours_late: int, limit: int = 9) -> int:
    """Remove dead letters from before an hour."""
    with scene.begin() as tx:
        return tx.queues[queue].discard(NOW + hours_late * HOUR, limit)


class ChannelReceiptsContract(StorageContract):
    """Signed messages that were handled."""

    def test_a_message_is_new_once(self, scene: Scene) -> None:
        assert [keep(scene), keep(scene), keep(scene, attrs.evolve(RECEIPT, id="msg_2"))] == [
            True,
            False,
            True,
        ]
        assert keep(scene, attrs.evolve(RECEIPT, channel="other", digest="1" * 64))

    def test_another_message_under_its_id_is_refused(self, scene: Scene) -> None:
        keep(scene)
        with pytest.raises(KeyReused):
            keep(scene, attrs.evolve(RECEIPT, digest="1" * 64))
        assert not keep(scene)

    def test_of_many_at_once_one_is_new(self, scene: Scene) -> None:
        outcomes = all_at_once(*[partial(keep, scene)] * 4)
        assert sorted(map(str, outcomes)) == ["False"] * 3 + ["True"]

    def test_what_was_rolled_back_was_not_handled(self, scene: Scene) -> None:
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.channels.receipts.keep(RECEIPT, NOW)
            raise RuntimeError
        assert keep(scene)

    def test_tenants_are_told_apart(self, store: Storage, scene: Scene) -> None:
        keep(scene)
        assert keep(Scene.fresh(store), attrs.evolve(RECEIPT, digest="1" * 64))

    def test_it_is_forgotten_after_a_while(self, scene: Scene) -> None:
        keep(scene)
        assert [forget(scene, "channel messages", hours_late=hours) for hours in (0, 1)] == [0, 1]
        assert keep(scene)


class MessageQueueContract(StorageContract):
    """What channels sent, as a queue."""

    NAME = "channel messages"

    def test_it_says_what_waits_and_what_is_dead(self, scene: Scene) -> None:
        assert standing(scene, self.NAME) == Standing()
        received(scene, a_message(1), a_message(2), hours_late=1)
        received(scene, a_message(3))
        settle(scene, a_message(2), Outcome.FAILED)
        assert standing(scene, self.NAME) == Standing(waiting=2, dead=1, oldest=NOW)

    @pytest.mark.parametrize("reference", ["R-1", "a/b:c%2F d@site.example", "Zürich?#&"])
    def test_a_dead_letter_lives_again_once_requeued(self, scene: Scene, reference: str) -> None:
        message = a_message(reference=reference)
        received(scene, message)
        settle(scene, message, Outcome.FAILED)
        (letter,) = dead(scene, self.NAME)
        assert (letter.subject, letter.reason, letter.died_at) == (reference, "because", NOW + HOUR)
        assert quote(letter.id, safe="") == letter.id
        assert requeue(scene, self.NAME, letter.id) == letter
        assert dead(scene, self.NAME) == []
        assert waiting(scene) == [message]

    def test_the_latest_dead_letter_is_the_first(self, scene: Scene) -> None:
        received(scene, *map(a_message, range(3)))
        for number, late in ((0, 2), (1, 1), (2, 3)):
            settle(scene, a_message(number), Outcome.FAILED, hours_late=late)
        died = [each.what for each in dead(scene, self.NAME, 2)]
        assert ["revision 2" in died[0], "revision 0" in died[1]] == [True, True]

    @pytest.mark.parametrize("letter", ["", "x", "1:ota:R-1", "MQ", "MTpvdGE6AA", "é", "A" * 400])
    def test_what_was_no_letter_cannot_be_requeued(self, scene: Scene, letter: str) -> None:
        received(scene, a_message())
        with pytest.raises(NotFound):
            requeue(scene, self.NAME, letter)

    def test_what_is_not_dead_any_more_cannot_be_requeued(self, scene: Scene) -> None:
        received(scene, a_message())
        settle(scene, a_message(), Outcome.FAILED)
        (letter,) = dead(scene, self.NAME)
        requeue(scene, self.NAME, letter.id)
        with pytest.raises(NotFound):
            requeue(scene, self.NAME, letter.id)
        assert waiting(scene) == [a_message()]

    def test_what_was_followed_is_forgotten_and_dead_letters_are_discarded(self, scene: Scene) -> None:
        followed, stale, failed, waits = (a_message(number) for number in range(4))
        received(scene, followed, stale, failed, waits)
        settle(scene, followed, Outcome.FOLLOWED)
        settle(scene, stale, Outcome.STALE, hours_late=2)
        settle(scene, failed, Outcome.FAILED)
        assert forget(scene, self.NAME, hours_late=1) == 0
        assert forget(scene, self.NAME, hours_late=9, limit=1) == 1
        assert forget(scene, self.NAME, hours_late=9) == 1
        assert received(scene, followed, failed) == [True, False]
        assert [discard(scene, self.NAME, hours_late=hours) for hours in (1, 2)] == [0, 1]
        assert waiting(scene) == [followed, waits]

    def test_what_was_rolled_back_is_not_gone(self, scene: Scene) -> None:
        received(scene, a_message())
        settle(scene, a_message(), Outcome.FAILED)
        with pytest.raises(RuntimeError), scene.begin() as tx:
            assert tx.queues[self.NAME].discard(NOW + 9 * HOUR, 9) == 1
            raise RuntimeError
        assert len(dead(scene, self.NAME)) == 1


def given_up(scene: Scene, number: int = 1, *, hours_late: int = 0) -> Delivery:
    """A message that did not get there."""
    message = owed(scene, number)
    return save(scene, message.failed("answered 404", NOW + hours_late * HOUR, status=404, for_good=True))


class DeliveryQueueContract(StorageContract):
    """Messages to a tenant's own addresses, as a queue."""

    NAME = "webhooks"

    def test_it_says_what_waits_what_fails_and_what_is_dead(self, scene: Scene) -> None:
        opened(scene)
        given_up(scene)
        owed(scene, 2, minutes=1)
        owed(scene, 3, minutes=9)
        save(scene, owed(scene, 4).failed("answered 500", NOW, status=500))
        found = standing(scene, self.NAME, minutes=1)
        assert (found.waiting, found.failing, found.dead) == (1, 1, 1)
        assert found.oldest is not None

    def test_a_dead_letter_lives_again_once_requeued(self, scene: Scene) -> None:
        opened(scene)
        message = given_up(scene)
        assert leased(scene, 600) == []
        (letter,) = dead(scene, self.NAME)
        assert (letter.id, letter.subject, letter.reason) == (
            str(message.id),
            str(message.endpoint),
            "answered 404",
        )
        assert requeue(scene, self.NAME, letter.id) == letter
        assert dead(scene, self.NAME) == []
        assert leased(scene, 60) == [message.id]

    def test_the_latest_dead_letter_is_the_first(self, scene: Scene) -> None:
        opened(scene)
        for number, late in ((1, 1), (2, 3), (3, 2)):
            given_up(scene, number, hours_late=late)
        assert [each.id for each in dead(scene, self.NAME, 2)] == [str(UUID(int=2)), str(UUID(int=3))]

    @pytest.mark.parametrize("letter", ["", "x", str(UUID(int=1)), str(UUID(int=2))])
    def test_what_is_not_dead_cannot_be_requeued(self, scene: Scene, letter: str) -> None:
        opened(scene)
        owed(scene)
        with pytest.raises(NotFound):
            requeue(scene, self.NAME, letter)

    def test_what_arrived_is_forgotten_and_dead_letters_are_discarded(self, scene: Scene) -> None:
        opened(scene)
        given_up(scene)
        save(scene, owed(scene, 2).arrived(200, NOW))
        owed(scene, 3)
        assert [forget(scene, self.NAME, hours_late=hours) for hours in (0, 1)] == [0, 1]
        assert [discard(scene, self.NAME, hours_late=hours) for hours in (0, 1)] == [0, 1]
        assert leased(scene) == [DeliveryId(UUID(int=3))]
