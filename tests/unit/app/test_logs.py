"""What is logged, and what never is."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from booking_app.logs import configure_logs
from booking_app.settings import LogLevel


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


def test_the_steps_of_libraries_are_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogLevel.INFO)
    logging.getLogger("alembic.runtime.migration").info("Running upgrade")
    configure_logs(LogLevel.ERROR)
    structlog.get_logger("booking").warning("nothing much")
    assert capsys.readouterr().err == ""
