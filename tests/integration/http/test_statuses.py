"""Every refusal has its status, and the reference says the same as the code."""

import re
from collections.abc import Iterator
from pathlib import Path

from booking_adapters.http.problems import STATUSES
from booking_core.domain.kernel.errors import BookingError

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "http.md"


SPEAKERS = ("booking_core.", "booking_adapters.http.")
"""Whose refusals a running API can answer with. Which other modules are loaded is up to the tests before this one."""


def statuses_of_the_reference() -> dict[str, int]:
    rows = re.findall(r"^\| (\d{3})(?:, (\d{3}))? \| (.*) \|$", REFERENCE.read_text(), re.MULTILINE)
    return {
        code: int(last or first) for first, last, text in rows for code in re.findall(r"`([A-Z_]+)`", text)
    }


def refusals() -> Iterator[type[BookingError]]:
    pending = list(BookingError.__subclasses__())
    while pending:
        kind = pending.pop()
        if kind.__module__.startswith(SPEAKERS):
            yield kind
        pending += kind.__subclasses__()


BY_THE_FRAMEWORK = {"METHOD_NOT_ALLOWED": 405}
"""What is answered before anything of ours is asked."""


def test_the_reference_lists_every_status_as_it_is() -> None:
    listed = statuses_of_the_reference()
    assert BY_THE_FRAMEWORK.items() <= listed.items()
    listed = {code: status for code, status in listed.items() if code not in BY_THE_FRAMEWORK}
    actual = {
        kind.code: next(STATUSES[each] for each in kind.__mro__ if each in STATUSES).value
        for kind in refusals()
    }
    assert {code: actual[code] for code in listed} == listed
    elsewhere = {code: status for code, status in actual.items() if code not in listed}
    assert set(elsewhere.values()) <= {409, 422}


def test_every_kind_with_a_status_of_its_own_is_in_the_reference() -> None:
    codes = {kind.code for kind in STATUSES} - {BookingError.code}
    assert codes <= statuses_of_the_reference().keys()
