from typing import Any

import pytest

from booking_adapters._codec.money import answer_data, answer_of
from booking_core.domain.kernel.errors import InvalidInput
from tests.unit.payments.builders import ANSWERS


@pytest.mark.parametrize("answer", [None, *ANSWERS], ids=lambda answer: type(answer).__name__)
def test_an_answer_is_read_back_as_it_was(answer: Any) -> None:
    assert answer_of(answer_data(answer)) == answer


@pytest.mark.parametrize(
    "data",
    [[], {}, ["maybe", {}], ["unknown"], ["unknown", {"reason": 1}], ["unknown", {"reason": "x", "y": 1}]],
)
def test_what_is_no_answer_is_refused(data: Any) -> None:
    with pytest.raises(InvalidInput):
        answer_of(data)
