"""One server, asked briefly: what does not answer in a quarter of a second is left alone for a moment."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.live import Unreachable

ANSWER_SECONDS = 0.25
PAUSE_SECONDS = 2.0
"""How long a server that failed is not asked. Then one caller tries it, and all others when that went well."""
MOST_CONNECTIONS = 64
ANSWER = "return 1"
log = logging.getLogger("booking.redis")


class RedisConnection:
    """Runs scripts, each on the keys of one hash slot. May be shared by threads. Close it when done.

    `failures` counts the calls that failed; those that the pause spared are not among them.
    """

    def __init__(
        self, url: str, *, prefix: str = "booking", monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.prefix = prefix
        self.failures = 0
        self._monotonic = monotonic
        self._client = redis.Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            max_connections=MOST_CONNECTIONS,
            retry=Retry(NoBackoff(), 0),
        )
        self._scripts: dict[str, Any] = {}
        self._state = threading.Lock()
        self._closed_until: float | None = None

    @property
    def is_paused(self) -> bool:
        """Whether the server failed and has not answered since."""
        return self._closed_until is not None

    def is_answering(self) -> bool:
        """Whether the server answers now; what it answers with is that it knows us."""
        try:
            self.run(ANSWER, ())
        except Unreachable:
            return False
        return True

    def key(self, tenant: TenantId, slot: str, name: str) -> str:
        """A key of a tenant; all keys of one `slot` are on one node of a cluster."""
        return f"{self.prefix}:{{{tenant}:{slot}}}:{name}"

    def run(self, script: str, keys: Sequence[str], *arguments: str | int) -> Any:
        """What a script answers; raises Unreachable at once while the server is left alone."""
        self._enter()
        prepared = self._scripts.get(script)
        if prepared is None:
            prepared = self._scripts.setdefault(script, self._client.register_script(script))
        try:
            answer = prepared(keys=keys, args=arguments)
        except redis.RedisError as error:
            self._failed(error)
            raise Unreachable("the server for locks and limits does not answer") from error
        self._answered()
        return answer

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def __enter__(self) -> Self:
        """The connection itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _enter(self) -> None:
        with self._state:
            if self._closed_until is None:
                return
            now = self._monotonic()
            if now < self._closed_until:
                raise Unreachable("the server for locks and limits is left alone for a moment")
            self._closed_until = now + PAUSE_SECONDS  # this caller tries; the others wait for its luck

    def _failed(self, error: Exception) -> None:
        with self._state:
            was_paused, self._closed_until = self.is_paused, self._monotonic() + PAUSE_SECONDS
            self.failures += 1
        if not was_paused:
            log.warning("redis does not answer; going on without it: %s", type(error).__name__)

    def _answered(self) -> None:
        if self._closed_until is None:
            return
        with self._state:
            self._closed_until = None
        log.warning("redis answers again")
