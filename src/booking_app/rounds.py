"""What time does by itself while the server runs: a round every so often, for every tenant, one after the other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from booking_app.container import Deployment
from booking_core.domain.kernel.errors import BookingError

PAUSE_SECONDS = 30.0
LONGEST_GOODBYE_SECONDS = 10.0
LOG = structlog.get_logger("booking.rounds")


@contextmanager
def rounds(deployment: Deployment, *, pause_seconds: float = PAUSE_SECONDS) -> Iterator[None]:
    """Rounds in a thread of their own until the block ends; the round under way is waited for, at most 10 seconds."""
    enough = threading.Event()

    def go_round() -> None:
        while not enough.is_set():
            one_round(deployment)
            enough.wait(pause_seconds)

    thread = threading.Thread(target=go_round, name="booking rounds", daemon=True)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join(LONGEST_GOODBYE_SECONDS)


def one_round(deployment: Deployment) -> int:
    """Every duty for every tenant; how much was done.

    What fails for one tenant is logged without its data and does not keep the others waiting: the next round tries
    again.
    """
    done = 0
    for key in deployment.engine.tenants.keys():  # noqa: SIM118 - a port's method, not a mapping's
        for name, duty in deployment.duties.items():
            try:
                done += duty(deployment.engine.tenants.by_key(key))
            except BookingError as refused:
                LOG.warning("a duty failed", duty=name, code=refused.code)
            except Exception:
                LOG.exception("a duty broke", duty=name)
    return done
