"""Duties that begin as soon as a commit made something due, and not only when their time has come."""

from collections.abc import Callable
from datetime import datetime, timedelta

from booking_app.calendar_wiring import Resolving
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.duties import OFTEN, Duty, Waits

Look = Callable[[Transaction, datetime], bool]

GATHERED = timedelta(milliseconds=100)
"""So that of many commits in a row many are looked at together."""


def rung(
    container: Resolving, act: Callable[[TenantId], int], look: Look, after: timedelta = GATHERED
) -> Duty:
    """Done every five seconds, and a moment after a commit where there is something to do."""
    begin: UnitOfWork = container.resolve(UnitOfWork)  # type: ignore[type-abstract]
    clock: Clock = container.resolve(Clock)  # type: ignore[type-abstract]
    waits = Waits(begin=begin, clock=clock, look=look)
    return Duty(act=act, every=OFTEN, heeds_bell=True, waits=waits, after=after)


def in_queue(name: str) -> Look:
    """Whether something waits in a queue that nobody has tried yet; what failed comes up again by itself."""
    return lambda tx, at: tx.queues[name].standing(at).waiting > 0
