"""What is logged, and what never is."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from booking_app.logs import configure_logs
from booking_app.settings import LogLevel
from booking_core.domain.kernel.errors import NotFound

ADDRESS = "ada@example.org"


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = kept, level
    structlog.reset_defaults()


def test_a_line_of_json_without_personal_data(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogLevel.INFO)
    structlog.get_logger("booking").info("booked", code="LH-1", name="Ada", email="ada@example.org")
    logging.getLogger("a.library").warning("%s happened", "something")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert {key: first[key] for key in ("event", "code", "level", "logger")} == {
        "event": "booked",
        "code": "LH-1",
        "level": "info",
        "logger": "booking",
    }
    assert not {"name", "email"} & first.keys()
    assert second["event"] == "something happened"


def test_tracebacks_do_not_show_what_variables_held(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogLevel.INFO)
    customer = "Ada" + "Lovelace"
    try:
        int(customer == "Bob" or "")
    except ValueError:
        structlog.get_logger("booking").exception("failed")
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert customer not in said


def test_what_an_unforeseen_error_says_is_left_out_for_it_may_repeat_a_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logs(LogLevel.INFO)
    try:
        try:
            int(ADDRESS)
        except ValueError as error:
            raise RuntimeError(f"could not save {ADDRESS}") from error
    except RuntimeError as error:
        structlog.get_logger("booking").warning("failed", exc_info=error)
        logging.getLogger("booking.http").exception("request failed")
    for line in capsys.readouterr().err.splitlines():
        told = json.loads(line)["exception"]
        assert told.index("RuntimeError") < told.index("ValueError")
        assert told.count("test_logs.py") == 2
        assert ADDRESS not in line


def test_a_refusal_in_a_traceback_is_told_by_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogLevel.INFO)
    structlog.get_logger("booking").warning("failed", exc_info=NotFound("guest", "Ada"))
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["exception"].endswith("NotFound (NOT_FOUND)")
    assert "Ada" not in line


def test_the_steps_of_libraries_are_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogLevel.INFO)
    logging.getLogger("alembic.runtime.migration").info("Running upgrade")
    configure_logs(LogLevel.ERROR)
    structlog.get_logger("booking").warning("nothing much")
    assert capsys.readouterr().err == ""
