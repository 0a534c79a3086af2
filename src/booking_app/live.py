"""Live editing and limits of a deployment: on the server that `redis_url` names, else by the storage and in memory."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Protocol

import attrs

from booking_adapters._live.fallbacks import FallbackLocks, FallbackRateLimiter
from booking_adapters._live.local_updates import LocalUpdates
from booking_adapters._live.shared_updates import SharedUpdates
from booking_adapters._live.stored_locks import StoredLocks
from booking_adapters.ambient.bell import Ringing
from booking_adapters.ambient.clock import SystemClock
from booking_adapters.ambient.retrying import Persistent
from booking_adapters.http.guest_limits import GuestLimits, networks
from booking_adapters.http.live_desk import LiveDesk
from booking_adapters.memory.answers import MemoryAnswers, NoAnswers
from booking_adapters.memory.live import MemoryRateLimiter, NoHoldHints
from booking_app.calendar_wiring import Resolving
from booking_app.settings import Settings
from booking_app.storage import Storage
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.ambient import Clock
from booking_core.ports.answers import Answers
from booking_core.ports.bell import Bell
from booking_core.ports.live import HoldHints, LiveUpdates, Locks, RateLimiter
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.book import BookCommand, Booked
from booking_core.usecases.editing import Edits, ForgetEdits, ReleaseLock, RenewLock, TakeLock
from booking_core.usecases.explain import Explain
from booking_core.usecases.hinted_hold import HintedHold
from booking_core.usecases.place_hold import PlaceHold
from booking_core.usecases.recalled_booking import RecalledBooking
from booking_core.usecases.watched import WatchedUnits

LIVE_USE_CASES = (TakeLock, RenewLock, ReleaseLock, ForgetEdits)


class SharedServer(Protocol):
    """The server that processes share beside the storage."""

    @property
    def failures(self) -> int:
        """How often it did not answer."""
        ...

    def is_answering(self) -> bool:
        """Whether it answers now; asked briefly, and not at all while it is left alone for a moment."""
        ...


@attrs.frozen(kw_only=True)
class LiveParts:
    """What fills the ports of live editing, and how those parts stand that may be lost."""

    locks: Locks
    updates: LiveUpdates
    limiter: RateLimiter
    hints: HoldHints
    answers: Answers = attrs.field(factory=NoAnswers)
    server: SharedServer | None = None
    hears_others: Callable[[], bool] = lambda: True


def without_server(store: UnitOfWork, clock: Clock | None = None) -> LiveParts:
    """Locks in the storage; updates and limits of this process."""
    clock = clock or SystemClock()
    return LiveParts(
        locks=StoredLocks(store, clock),
        updates=LocalUpdates(),
        limiter=MemoryRateLimiter(clock),
        hints=NoHoldHints(),
    )


def open_live(settings: Settings, storage: Storage, stack: ExitStack) -> LiveParts:
    """What the settings name, closed with the stack; while the server is lost, what there is without it."""
    clock = SystemClock()
    answers = MemoryAnswers(clock) if settings.recall_answers else NoAnswers()
    alone = attrs.evolve(without_server(storage.store, clock), answers=answers)
    if not settings.redis_url:
        if storage.carrier is None:
            return alone
        shared = stack.enter_context(SharedUpdates(storage.carrier))
        return attrs.evolve(alone, updates=shared, hears_others=shared.is_hearing)
    try:
        from booking_adapters.redis import (
            RedisAnswers,
            RedisCarrier,
            RedisConnection,
            RedisHoldHints,
            RedisLocks,
            RedisRateLimiter,
        )
    except ImportError as error:
        raise InvalidInput("redis_url", "Redis needs the extra: pip install 'booking-core[redis]'") from error
    try:
        connection = RedisConnection(settings.redis_url, prefix=settings.redis_prefix)
        carrier = RedisCarrier(settings.redis_url, prefix=settings.redis_prefix)
    except ValueError as wrong:
        raise InvalidInput("redis_url", "must begin with redis://, rediss:// or unix://") from wrong
    stack.enter_context(connection)
    shared = stack.enter_context(SharedUpdates(carrier))
    return LiveParts(
        server=connection,
        hears_others=shared.is_hearing,
        locks=FallbackLocks(RedisLocks(connection), alone.locks, clock),
        updates=shared,
        hints=RedisHoldHints(connection) if settings.hold_hints else alone.hints,
        answers=RedisAnswers(connection) if settings.recall_answers else alone.answers,
        limiter=FallbackRateLimiter(RedisRateLimiter(connection), alone.limiter),
    )


def live_adapters(store: UnitOfWork, bell: Bell, parts: LiveParts, clock: Clock) -> dict[Any, object]:
    """Which adapter fills which port: what is committed rings the bell, and staff save past the locks."""
    begin = WatchedUnits(begin=Ringing(store, bell), edits=Edits(locks=parts.locks), clock=clock)
    return {
        UnitOfWork: begin,
        Clock: clock,
        Locks: parts.locks,
        LiveUpdates: parts.updates,
        RateLimiter: parts.limiter,
        HoldHints: parts.hints,
        Answers: parts.answers,
    }


def live_desk(container: Resolving) -> LiveDesk:
    """What HTTP drives of live editing."""
    release = container.resolve(ReleaseLock)
    locks: Locks = container.resolve(Locks)  # type: ignore[type-abstract]
    return LiveDesk(
        take_lock=Persistent(container.resolve(TakeLock)),
        renew_lock=Persistent(container.resolve(RenewLock)),
        release_lock=Persistent(release),
        release_all=release.everything_of,
        held=locks.held,
        updates=container.resolve(LiveUpdates),  # type: ignore[type-abstract]
        limiter=container.resolve(RateLimiter),  # type: ignore[type-abstract]
    )


def hinted_hold(container: Resolving) -> HintedHold:
    """Placing holds behind hints."""
    return HintedHold(
        place_hold=Persistent(container.resolve(PlaceHold)),
        explain=Persistent(container.resolve(Explain)),
        hints=container.resolve(HoldHints),  # type: ignore[type-abstract]
    )


def recalled_booking(container: Resolving, book: Callable[[BookCommand], Booked]) -> RecalledBooking:
    """Booking behind the answers of the last minute."""
    return RecalledBooking(book=book, answers=container.resolve(Answers))  # type: ignore[type-abstract]


def guest_limits(settings: Settings, limiter: RateLimiter) -> GuestLimits:
    """How often guests may ask, as the settings say."""
    return GuestLimits(
        limiter=limiter,
        requests_per_minute=settings.guest_requests_per_minute,
        changes_per_minute=settings.guest_changes_per_minute,
        proxies=networks(settings.proxies),
    )
