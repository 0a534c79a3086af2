"""One channel of Redis that carries live updates between processes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from booking_adapters._live.shared_updates import CarrierLost, Heard

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
LOOK_ALIVE_SECONDS = 5.0
"""After so long without a word the server is asked for one, so that a dead line is noticed."""
MOST_CONNECTIONS = 4
MOST_AT_ONCE = 500


class RedisCarrier:
    """The Carrier of live updates. One connection sends, one listens."""

    def __init__(self, url: str, *, prefix: str = "booking") -> None:
        self._client = redis.Redis.from_url(
            url,
            decode_responses=True,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=ANSWER_SECONDS,
            health_check_interval=LOOK_ALIVE_SECONDS,
            max_connections=MOST_CONNECTIONS,
            # Subscribed again behind our back, we would not know that something was missed.
            retry=Retry(NoBackoff(), 0),
        )
        self._channel = f"{prefix}:live"

    def send(self, texts: Sequence[str]) -> None:
        """Publish them."""
        try:
            with self._client.pipeline(transaction=False) as together:
                for text in texts:
                    together.publish(self._channel, text)
                together.execute()
        except redis.RedisError as error:
            raise CarrierLost(type(error).__name__) from error

    @contextmanager
    def listening(self) -> Iterator[Heard]:
        """Subscribed to the channel."""
        try:
            with self._client.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
                channel.subscribe(self._channel)
                channel.get_message(timeout=ANSWER_SECONDS)

                def heard(seconds: float) -> Sequence[str]:
                    found: list[str] = []
                    message = channel.get_message(timeout=seconds)
                    while message is not None and len(found) < MOST_AT_ONCE:
                        found.append(message["data"])
                        message = channel.get_message(timeout=0.0)
                    return found

                yield heard
        except redis.RedisError as error:
            raise CarrierLost(type(error).__name__) from error

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
