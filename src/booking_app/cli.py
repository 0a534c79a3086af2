"""The command line: `booking --help`.

Exit codes: 0 done, 1 refused (the reason as `CODE: message` on the error stream), 2 bad usage or bad input, 3 the
system failed.
"""

import json
import sys
import uuid
from collections.abc import Sequence

import structlog
from cyclopts import App, CycloptsError

from booking_app.cli_bookings import book, cancel, explain, quote, search, show
from booking_app.cli_calendars import calendar_links, feeds, subscriptions
from booking_app.cli_changes import approve, decline, move
from booking_app.cli_channels import channels
from booking_app.cli_desk import desk
from booking_app.cli_listings import listings
from booking_app.cli_notices import notices
from booking_app.cli_operations import doctor, import_files, migrate, serve
from booking_app.cli_payments import pay, payments, refund
from booking_app.cli_prices import estimate, replay_policy
from booking_app.cli_series import series
from booking_app.cli_waitlist import waitlist
from booking_app.cli_webhooks import webhooks
from booking_app.cli_worker import alerts, dead_letters, worker
from booking_app.logs import configure_logs
from booking_app.plain import error_data
from booking_app.settings import LogLevel
from booking_core.domain.availability.request import NotBookable
from booking_core.domain.kernel.errors import BookingError, InvalidInput, SystemFailure
from booking_core.domain.kernel.problems import BadFile
from booking_core.usecases.book_series import SeriesNotBookable

DONE, REFUSED, BAD_INPUT, FAILED, INTERRUPTED = 0, 1, 2, 3, 130
LOG = structlog.get_logger("booking")

app = App(
    name="booking",
    suppress_keyboard_interrupt=False,
    help="Bookings: search, book and run a business from the command line.",
)
for command in (
    search,
    explain,
    quote,
    book,
    show,
    move,
    approve,
    decline,
    cancel,
    payments,
    pay,
    refund,
    estimate,
    replay_policy,
    serve,
    worker,
    migrate,
    doctor,
):
    app.command(command)
app.command(import_files, name="import")
app.command(alerts)
app.command(dead_letters)
app.command(channels)
app.command(listings)
app.command(webhooks)
app.command(desk)
app.command(feeds)
app.command(subscriptions)
app.command(calendar_links)
app.command(notices)
app.command(series)
app.command(waitlist)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; nothing that can be expected ends in a traceback."""
    configure_logs(LogLevel.WARNING)
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        result = app(words, exit_on_error=False, print_error=False, result_action="return_value")
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; there is nobody left to tell
        return DONE
    except Exception as error:  # noqa: BLE001 - the last line: the user gets an id, the log gets the rest
        return _refused(_as_refusal(error), as_json="--json" in words)
    return result if isinstance(result, int) else DONE


def _as_refusal(error: Exception) -> BookingError:
    """The error in words for the user. What nobody expected goes to the log, under an id that the user gets."""
    match error:
        case BookingError():
            return error
        case CycloptsError():
            return InvalidInput("usage", str(error))
    incident = str(uuid.uuid4())
    LOG.error("unexpected error", incident=incident, exc_info=error)
    return SystemFailure("something of ours failed", incident=incident)


def _refused(error: BookingError, *, as_json: bool) -> int:
    """Say on the error stream why not; the exit code."""
    if as_json:
        text = json.dumps({"error": error_data(error)}, ensure_ascii=False, indent=2)
    else:
        text = "\n".join([f"{error.code}: {error.message}", *(f"  {line}" for line in _reasons(error))])
    sys.stderr.write(f"{text}\n")
    codes = (
        (InvalidInput, BAD_INPUT),
        (BadFile, BAD_INPUT),
        (SystemFailure, FAILED),
        (BookingError, REFUSED),
    )
    return next(code for kind, code in codes if isinstance(error, kind))


def _reasons(error: BookingError) -> list[str]:
    match error:
        case BadFile():
            return [str(problem) for problem in error.problems]
        case NotBookable():
            return [f"{each.code}: {each.message}" for each in error.details["violations"]]
        case SeriesNotBookable():
            return [f"{each['date']}: {', '.join(each['codes'])}" for each in error.details["missing"]]
    return []
