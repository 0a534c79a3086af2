import pytest

from booking_core.domain.kernel.errors import (
    BookingError,
    Busy,
    Conflict,
    InvalidDates,
    InvalidInput,
    LaneTaken,
    NotFound,
    StaleVersion,
    SystemFailure,
)


def test_an_error_carries_its_message_and_its_details_as_data() -> None:
    error = BookingError("no", why="because")
    assert (str(error), error.message, error.details) == ("no", "no", {"why": "because"})


def test_an_invalid_input_names_the_field_the_reason_and_the_value() -> None:
    error = InvalidInput("capacity", "must be at least 1", 0)
    assert str(error) == "capacity: must be at least 1"
    assert error.details == {"field": "capacity", "reason": "must be at least 1", "value": 0}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (2**63, 2**63),
        (2**64, "a number beyond 64 bits"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_values_in_errors_are_bounded(value: object, shown: object) -> None:
    assert InvalidInput("field", "reason", value).details["value"] == shown
    assert NotFound("thing", value).details == {"kind": "thing", "key": shown}


def test_codes_are_stable_and_conflicts_are_worth_another_try() -> None:
    errors = (InvalidInput, InvalidDates, NotFound, Conflict, LaneTaken, StaleVersion, Busy, SystemFailure)
    assert {each.code: each.retryable for each in errors} == {
        "INVALID_INPUT": False,
        "INVALID_DATES": False,
        "NOT_FOUND": False,
        "CONFLICT": True,
        "LANE_TAKEN": True,
        "STALE_VERSION": True,
        "BUSY": True,
        "SYSTEM_ERROR": True,
    }
