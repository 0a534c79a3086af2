"""People who do things at the same time, without sleeping and without waiting for ever."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

R = TypeVar("R")

MOMENT_SECONDS = 0.2
"""What a test gives another thread to do what it must not do yet."""
PATIENCE_SECONDS = 30.0
"""After this a thread that should have finished counts as stuck."""


def somebody_else(act: Callable[[], R]) -> "Future[R]":
    """Begin `act` in another thread; `result(PATIENCE_SECONDS)` of the answer waits for its end."""
    future: Future[R] = Future()

    def run() -> None:
        try:
            future.set_result(act())
        except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def had_a_moment(future: "Future[R]") -> bool:
    """Give the other one a moment; whether they came to their end in it."""
    try:
        future.exception(MOMENT_SECONDS)
    except TimeoutError:
        return False
    return True


def all_at_once(*acts: Callable[[], R]) -> list[R | BaseException]:
    """Every act in a thread of its own, all begun together; what each returned or raised, in order."""
    start = threading.Barrier(len(acts))

    def together(act: Callable[[], R]) -> R:
        start.wait(PATIENCE_SECONDS)
        return act()

    futures = [somebody_else(lambda act=act: together(act)) for act in acts]  # type: ignore[misc]
    outcomes: list[R | BaseException] = []
    for future in futures:
        error = future.exception(PATIENCE_SECONDS)
        outcomes.append(future.result() if error is None else error)
    return outcomes
