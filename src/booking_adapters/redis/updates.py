"""The bell of all processes: what one publishes is heard in the others, over one channel.

Within a process nothing waits for the server. What could not be sent or heard is made good by a RESYNC.
"""

import json
import logging
import queue
import secrets
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import redis

from booking_adapters._live.local_updates import LocalSubscription, LocalUpdates
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.updates import Update

MOST_UNSENT = 1_000
LONGEST_SILENCE_SECONDS = 0.5
PAUSE_SECONDS = 0.5
GOODBYE_SECONDS = 5.0
log = logging.getLogger("booking.redis")


class RedisUpdates:
    """The LiveUpdates port. Two threads while it is open: one sends, one listens and connects again."""

    def __init__(self, url: str, *, prefix: str = "booking") -> None:
        self._client = redis.Redis.from_url(
            url, decode_responses=True, socket_connect_timeout=1.0, socket_timeout=2.0
        )
        self._channel = f"{prefix}:live"
        self._origin = secrets.token_hex(8)
        self._local = LocalUpdates()
        self._unsent: queue.Queue[str | None] = queue.Queue(MOST_UNSENT)
        self._has_missed = False
        self._enough = threading.Event()
        self._listening = threading.Event()
        self._threads = [
            threading.Thread(target=run, name=f"booking live {name}", daemon=True)
            for name, run in (("sender", self._send), ("listener", self._listen))
        ]

    def publish(self, tenant: TenantId, update: Update) -> None:
        self._local.publish(tenant, update)
        try:
            self._unsent.put_nowait(_text(self._origin, tenant, update))
        except queue.Full:
            self._has_missed = True

    def subscribe(
        self, tenant: TenantId, wake: Callable[[], None]
    ) -> AbstractContextManager[LocalSubscription]:
        return self._local.subscribe(tenant, wake)

    def wait_until_listening(self, seconds: float) -> bool:
        """Whether the server is listened to, within some seconds."""
        return self._listening.wait(seconds)

    def __enter__(self) -> Self:
        """Begin to send and to listen."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, without waiting for what is unsent."""
        self._enough.set()
        with suppress(queue.Full):  # the sender looks whether it is enough before it waits again
            self._unsent.put_nowait(None)
        for thread in self._threads:
            thread.join(GOODBYE_SECONDS)
        self._client.close()

    def _send(self) -> None:
        while not self._enough.is_set():
            message = self._unsent.get()
            if message is None:
                return
            try:
                if self._has_missed:
                    self._client.publish(self._channel, _text(self._origin, None, None))
                    self._has_missed = False
                self._client.publish(self._channel, message)
            except redis.RedisError:
                self._has_missed = True
                self._enough.wait(PAUSE_SECONDS)

    def _listen(self) -> None:
        while not self._enough.is_set():
            try:
                with self._client.pubsub(ignore_subscribe_messages=True) as heard:  # type: ignore[no-untyped-call]
                    heard.subscribe(self._channel)
                    heard.get_message(timeout=LONGEST_SILENCE_SECONDS)
                    self._listening.set()
                    self._local.resync()  # whatever was told before is not known here
                    while not self._enough.is_set():
                        message = heard.get_message(timeout=LONGEST_SILENCE_SECONDS)
                        if message is not None:
                            self._hear(message["data"])
            except redis.RedisError as error:
                if self._listening.is_set():
                    log.warning("live updates of other processes are not heard: %s", type(error).__name__)
                self._listening.clear()
                self._enough.wait(PAUSE_SECONDS)

    def _hear(self, text: str) -> None:
        told: dict[str, Any] = json.loads(text)
        if told["origin"] == self._origin:
            return
        if told["tenant"] is None:
            self._local.resync()
            return
        update = Update(
            name=told["name"],
            subject=told["subject"],
            at=datetime.fromisoformat(told["at"]),
            data=told["data"],
        )
        self._local.publish(TenantId(UUID(told["tenant"])), update)


def _text(origin: str, tenant: TenantId | None, update: Update | None) -> str:
    """An update as it travels; without one, that something was missed."""
    if tenant is None or update is None:
        return json.dumps({"origin": origin, "tenant": None})
    return json.dumps(
        {
            "origin": origin,
            "tenant": str(tenant),
            "name": update.name,
            "subject": update.subject,
            "at": update.at.isoformat(),
            "data": dict(update.data),
        }
    )
