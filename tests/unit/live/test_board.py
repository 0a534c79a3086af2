"""Which locks somebody who watches knows of, and when one of them is seen to lapse."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import attrs
import pytest

from booking_core.domain.kernel.errors import InvalidDates, InvalidInput
from booking_core.domain.kernel.ids import ClaimId, ResourceId
from booking_core.domain.live.board import LockBoard
from booking_core.domain.live.editing import Lock, LockWish, Scope
from booking_core.domain.live.updates import (
    LOCK_LAPSED,
    LOCK_RELEASED,
    LOCK_RENEWED,
    LOCK_TAKEN,
    RESYNC,
    Update,
)

NOW = datetime(2030, 1, 7, 6, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CABIN = ResourceId(UUID(int=4))
SCOPE = Scope.of_resource(CABIN, date(2030, 3, 1), date(2030, 3, 5))
LOCK = Lock(token=7, owner="a tab", holder="Ann", scopes=(SCOPE,), since=NOW, expires_at=NOW + 30 * SECOND)


@pytest.fixture
def board() -> LockBoard:
    board = LockBoard()
    board.start([LOCK], NOW)
    return board


def test_a_lock_lapses_at_its_very_expiry_and_once(board: LockBoard) -> None:
    assert board.wait(NOW, 60 * SECOND) == 30 * SECOND
    assert board.wait(NOW, 20 * SECOND) == 20 * SECOND
    assert board.lapsed(NOW + 29 * SECOND) == []
    (lapsed,) = board.lapsed(NOW + 30 * SECOND)
    assert (lapsed.name, lapsed.subject, lapsed.data["holder"]) == (LOCK_LAPSED, "7", "Ann")
    assert board.lapsed(NOW + 31 * SECOND) == []
    assert board.wait(NOW + 31 * SECOND, 60 * SECOND) == 60 * SECOND


def test_a_renewed_lock_lapses_later(board: LockBoard) -> None:
    renewed = attrs.evolve(LOCK, expires_at=NOW + 90 * SECOND)
    board.hear(Update.of_lock(LOCK_RENEWED, renewed, NOW))
    assert board.lapsed(NOW + 89 * SECOND) == []
    assert len(board.lapsed(NOW + 90 * SECOND)) == 1


def test_released_and_forgotten_locks_do_not_lapse(board: LockBoard) -> None:
    board.hear(Update.of_lock(LOCK_RELEASED, LOCK, NOW))
    board.hear(Update.of_lock(LOCK_TAKEN, attrs.evolve(LOCK, token=8), NOW))
    board.hear(RESYNC)
    assert board.lapsed(NOW + 90 * SECOND) == []


def test_an_overdue_lock_is_waited_for_no_time(board: LockBoard) -> None:
    assert board.wait(NOW + 31 * SECOND, 60 * SECOND) == timedelta(0)


def test_what_is_told_of_a_lock_keeps_its_owners_secret() -> None:
    assert "a tab" not in str(Update.of_lock(LOCK_TAKEN, LOCK, NOW))


def test_a_wish_is_bounded() -> None:
    fine = LockWish(owner="a", holder="b", scopes=(SCOPE,), ttl=SECOND)
    for wrong in ({"ttl": timedelta(0)}, {"ttl": timedelta(days=1)}, {"scopes": ()}, {"owner": ""}):
        with pytest.raises(InvalidInput):
            attrs.evolve(fine, **wrong)
    with pytest.raises(InvalidInput):
        attrs.evolve(fine, scopes=(SCOPE,) * 21)


def test_dates_are_some_and_not_too_many() -> None:
    with pytest.raises(InvalidDates):
        Scope.of_resource(CABIN, date(2030, 3, 5), date(2030, 3, 5))
    with pytest.raises(InvalidDates):
        Scope.of_resource(CABIN, date(2030, 3, 5), date(2033, 3, 5))
    assert not SCOPE.meets(Scope.of_reservation(ClaimId(CABIN)))
