"""Logging: events with fields, as lines of JSON for machines or as plain text where a person watches.

Nothing personal is logged: fields that could hold a name, an address or a message from a customer are left out, and
tracebacks come without the values of variables and without what the exceptions say.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

from booking_app.settings import LogLevel
from booking_core.domain.kernel.errors import BookingError

PERSONAL = frozenset({"name", "email", "phone", "customer", "address", "note", "reason", "query"})
TALKATIVE = ("alembic", "uvicorn.error", "httpx", "stripe")
"""Libraries that tell about every step; their warnings are enough."""
MOST_CAUSES = 10
Entry = MutableMapping[str, Any]


class _ErrorStream(logging.Handler):
    """Writes to whatever the error stream is at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
        except Exception:  # noqa: BLE001 - what cannot be logged must not stop the work
            self.handleError(record)


def configure_logs(level: LogLevel) -> None:
    """Send everything, also what libraries log, to the error stream from this level on."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_personal_data,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _ErrorStream()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering()],
        )
    )
    root = logging.getLogger()
    root.handlers = [*(each for each in root.handlers if not isinstance(each, _ErrorStream)), handler]
    root.setLevel(level.value.upper())
    for library in TALKATIVE:
        logging.getLogger(library).setLevel(max(root.level, logging.WARNING))


def without_personal_data(_: object, __: str, entry: Entry) -> Entry:
    """The entry without fields that could hold personal data."""
    for field in PERSONAL & entry.keys():
        del entry[field]
    return entry


def by_kind(exc_info: structlog.typing.ExcInfo) -> str:
    """Where an exception was raised and of what kind it is, and the same of each that led to it.

    What they say is left out: a database repeats the row that it refuses, a mail server the address.
    """
    told: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(told) < MOST_CAUSES:
        code = f" ({error.code})" if isinstance(error, BookingError) else ""
        told.append("".join([*traceback.format_tb(error.__traceback__), type(error).__qualname__, code]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nwhich came of\n".join(told)


def _rendering() -> list[structlog.typing.Processor]:
    last: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        last = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return [structlog.processors.ExceptionRenderer(by_kind), last]
