"""The contract of Requests: one idempotency key, one request, one claim."""

from datetime import timedelta

import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import Conflict, KeyReused
from booking_core.domain.kernel.ids import ClaimId, first_id_of


class RequestsContract(StorageContract):
    """Remembering and answering."""

    def test_an_unknown_key_has_no_answer(self, scene: Scene) -> None:
        assert answer(scene, "key", "print") is None

    def test_the_same_request_gets_the_same_answer(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        remember(scene, "key", "print", booked.id)
        assert answer(scene, "key", "print") == booked.id
        assert answer(scene, "another key", "print") is None

    def test_another_request_under_the_same_key_is_refused(self, scene: Scene) -> None:
        remember(scene, "key", "print", ClaimId(scene.ids.new()))
        with pytest.raises(KeyReused):
            answer(scene, "key", "another print")

    def test_a_key_is_remembered_before_its_claim_is_saved(self, scene: Scene) -> None:
        change = scene.a_reservation("room", hours(10, 11))
        with scene.begin() as tx:
            tx.requests.remember("key", "print", change.state.id)
            tx.reservations.save(change)
        assert answer(scene, "key", "print") == change.state.id

    @pytest.mark.parametrize("fingerprint", ["print", "another print"])
    def test_a_key_is_bound_once(self, scene: Scene, fingerprint: str) -> None:
        first = ClaimId(scene.ids.new())
        remember(scene, "key", "print", first)
        with pytest.raises(Conflict):
            remember(scene, "key", fingerprint, ClaimId(scene.ids.new()))
        assert answer(scene, "key", "print") == first

    def test_keys_are_forgotten_by_the_age_of_their_claims(self, scene: Scene) -> None:
        old, new = (ClaimId(first_id_of(NOW + timedelta(milliseconds=each))) for each in (0, 1))
        for number, claim in enumerate([old, old, new]):
            remember(scene, f"key {number}", "print", claim)
        forgotten = []
        for limit in (1, 9, 9):
            with scene.begin() as tx:
                forgotten.append(tx.requests.forget(NOW + timedelta(milliseconds=1), limit))
        assert forgotten == [1, 1, 0]
        assert [answer(scene, f"key {number}", "print") for number in range(3)] == [None, None, new]

    def test_one_of_many_who_bind_a_key_at_once_does(self, scene: Scene) -> None:
        claims = [ClaimId(scene.ids.new()) for _ in range(6)]
        acts = [lambda each=each: remember(scene, "key", "print", each) for each in claims]
        outcomes = all_at_once(*acts)
        lost = [outcome for outcome in outcomes if outcome is not None]
        assert len(lost) == len(claims) - 1
        assert all(isinstance(each, Conflict) for each in lost), lost
        assert answer(scene, "key", "print") == claims[outcomes.index(None)]


def answer(scene: Scene, key: str, fingerprint: str) -> ClaimId | None:
    """What a key stands for, in a transaction of its own."""
    with scene.reading() as tx:
        return tx.requests.answer(key, fingerprint)


def remember(scene: Scene, key: str, fingerprint: str, claim: ClaimId) -> None:
    """Bind a key, in a transaction of its own."""
    with scene.begin() as tx:
        tx.requests.remember(key, fingerprint, claim)
