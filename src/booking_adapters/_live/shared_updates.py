"""The bell of all processes: what one publishes is heard in the others, over whatever carries it there.

Within a process nothing waits for the carrier. What could not be sent or heard is made good by a RESYNC.
"""

import json
import logging
import queue
import random
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from itertools import count
from types import TracebackType
from typing import Any, Protocol, Self
from uuid import UUID

from booking_adapters._live.local_updates import LocalSubscription, LocalUpdates
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.updates import RESYNC, Update

MOST_UNSENT = 1_000
MOST_AT_ONCE = 100
BETWEEN_SENDS_SECONDS = 0.02
"""So that of many updates in a row many go together."""
LONGEST_TEXT = 7_500
"""Bytes: Postgres carries fewer than 8,000. Who misses a longer update reads everything anew."""
LONGEST_SILENCE_SECONDS = 0.5
"""How often a listener looks whether it should end."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 15.0
GOODBYE_SECONDS = 5.0
log = logging.getLogger("booking.live")


class CarrierLost(Exception):
    """What was to be carried may not have arrived, or something was missed: connect again, and read anew."""


Heard = Callable[[float], Sequence[str]]
"""What came since the last call; waits at most so many seconds for it. Raises CarrierLost."""


class Carrier(Protocol):
    """Carries short texts between processes, to whoever listens at that moment. Used by two threads at most."""

    def send(self, texts: Sequence[str]) -> None:
        """Carry them to all who listen, in order. Raises CarrierLost."""
        ...

    def listening(self) -> AbstractContextManager[Heard]:
        """Listen until the block ends, beginning with what is sent from now on. Raises CarrierLost."""
        ...

    def close(self) -> None:
        """Give back what was opened; called when nobody sends or listens any more."""
        ...


class SharedUpdates:
    """The LiveUpdates port of several processes. Threads send and listen from when somebody first asks for it."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._origin = secrets.token_hex(8)
        self._local = LocalUpdates()
        self._unsent: queue.Queue[str | None] = queue.Queue(MOST_UNSENT)
        self._has_missed = False
        self._enough = threading.Event()
        self._listening = threading.Event()
        self._guard = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}

    def is_hearing(self) -> bool:
        """Whether the others are heard; also where nobody here has asked for it yet."""
        return self._listening.is_set() or "listener" not in self._threads

    def publish(self, tenant: TenantId, update: Update) -> None:
        self._local.publish(tenant, update)
        try:
            self._unsent.put_nowait(_text(self._origin, tenant, update))
        except queue.Full:
            self._has_missed = True
        self._begin("sender", self._send)

    @contextmanager
    def subscribe(self, tenant: TenantId, wake: Callable[[], None]) -> Iterator[LocalSubscription]:
        with self._local.subscribe(tenant, wake) as subscription:
            self._begin("listener", self._listen)
            yield subscription

    def wait_until_listening(self, seconds: float) -> bool:
        """Whether the others are listened to, within some seconds."""
        self._begin("listener", self._listen)
        return self._listening.wait(seconds)

    def __enter__(self) -> Self:
        """The bell itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, without waiting for what is unsent."""
        with self._guard:
            self._enough.set()
            threads = list(self._threads.values())
        with suppress(queue.Full):  # the sender looks whether it is enough before it waits again
            self._unsent.put_nowait(None)
        for thread in threads:
            thread.join(GOODBYE_SECONDS)
        self._carrier.close()

    def _begin(self, name: str, act: Callable[[], None]) -> None:
        if name in self._threads:
            return
        with self._guard:
            if name not in self._threads and not self._enough.is_set():
                thread = threading.Thread(target=act, name=f"booking live {name}", daemon=True)
                self._threads[name] = thread
                thread.start()

    def _send(self) -> None:
        pauses = _pauses()
        while not self._enough.is_set():
            texts = self._next_texts()
            # Put away before sending: what finds no room meanwhile is missed anew.
            was_missed, self._has_missed = self._has_missed, False
            if was_missed:
                texts.insert(0, _text(self._origin, None, RESYNC))
            try:
                self._carrier.send(texts)
            except CarrierLost:
                self._has_missed = True
                self._enough.wait(next(pauses))
            else:
                pauses = _pauses()
                self._enough.wait(BETWEEN_SENDS_SECONDS)

    def _next_texts(self) -> list[str]:
        """What is to be sent; waits for it, unless others are to be told that they missed something.

        Nothing at the end.
        """
        found = [] if self._has_missed else [self._unsent.get()]
        while len(found) < MOST_AT_ONCE:
            try:
                found.append(self._unsent.get_nowait())
            except queue.Empty:
                break
        return [text for text in found if text is not None]

    def _listen(self) -> None:
        pauses = _pauses()
        while not self._enough.is_set():
            try:
                with self._carrier.listening() as heard:
                    self._listening.set()
                    self._local.resync()  # whatever was told before is not known here
                    pauses = _pauses()
                    while not self._enough.is_set():
                        for text in heard(LONGEST_SILENCE_SECONDS):
                            self._hear(text)
            except CarrierLost as lost:
                if self._listening.is_set():
                    log.warning("live updates of other processes are not heard: %s", lost)
                self._listening.clear()
                self._enough.wait(next(pauses))

    def _hear(self, text: str) -> None:
        try:
            origin, tenant, update = _told(text)
        except (KeyError, TypeError, ValueError):
            return  # others may use the same carrier
        if origin == self._origin:
            return
        if tenant is None:
            self._local.resync()
        else:
            self._local.publish(tenant, update)


def _pauses() -> Iterator[float]:
    """Longer and longer, and not at the same moment in every process."""
    for failures in count():
        longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(failures, 10))
        yield random.uniform(longest / 2, longest)  # noqa: S311 - no secret


def _text(origin: str, tenant: TenantId | None, update: Update) -> str:
    """An update as it travels; without a tenant, that something was missed."""
    told = {
        "origin": origin,
        "tenant": None if tenant is None else str(tenant),
        "name": update.name,
        "subject": update.subject,
        "at": update.at.isoformat(),
        "data": dict(update.data),
    }
    text = json.dumps(told)
    return text if len(text) <= LONGEST_TEXT else _text(origin, tenant, RESYNC)


def _told(text: str) -> tuple[str, TenantId | None, Update]:
    told: dict[str, Any] = json.loads(text)
    update = Update(
        name=told["name"],
        subject=told["subject"],
        at=datetime.fromisoformat(told["at"]),
        data=told["data"],
    )
    tenant = None if told["tenant"] is None else TenantId(UUID(told["tenant"]))
    return told["origin"], tenant, RESYNC if update == RESYNC else update
