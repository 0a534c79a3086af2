"""A use case that lost a race is run again, within bounds."""

import pytest

from booking_adapters.ambient import retrying
from booking_adapters.ambient.retrying import ATTEMPTS, Persistent
from booking_core.domain.kernel.errors import Busy, Conflict, InvalidInput


class Losing:
    """A use case that loses its first races."""

    def __init__(self, losses: int, error: Exception) -> None:
        self.calls = 0
        self._losses, self._error = losses, error

    def __call__(self, command: str) -> str:
        self.calls += 1
        if self.calls <= self._losses:
            raise self._error
        return command


def test_a_lost_race_is_run_again() -> None:
    losing = Losing(3, Conflict("lost"))
    assert Persistent(losing)("answer") == "answer"
    assert losing.calls == 4


def test_who_loses_every_race_is_told_so() -> None:
    losing = Losing(ATTEMPTS, Conflict("lost"))
    with pytest.raises(Busy):
        Persistent(losing)("answer")
    assert losing.calls == ATTEMPTS


def test_no_attempt_begins_after_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "LONGEST_SECONDS", 0.0)
    losing = Losing(ATTEMPTS, Conflict("lost"))
    with pytest.raises(Busy):
        Persistent(losing)("answer")
    assert losing.calls == 2


@pytest.mark.parametrize("error", [Busy("waited long enough"), InvalidInput("name", "is missing")])
def test_what_is_no_lost_race_is_final(error: Exception) -> None:
    losing = Losing(1, error)
    with pytest.raises(type(error)):
        Persistent(losing)("answer")
    assert losing.calls == 1
