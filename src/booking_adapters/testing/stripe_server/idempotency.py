"""Idempotency keys: the first result under a key is the result (docs.stripe.com/api/idempotent_requests).

A result is saved once the endpoint began to execute, whatever it was, 500 included. What was refused before that
(bad parameters, a conflict with another request) is not saved.
"""

import threading
from collections.abc import Callable

import attrs

from booking_adapters.testing.stripe_server.wire import ApiError, Json, Response, invalid_request

LONGEST_KEY = 255
KEPT_SECONDS = 24 * 3600


@attrs.define
class _Entry:
    """What is known of a key; without an answer its request is still being executed."""

    fingerprint: str
    path: str
    since: int
    request_id: str
    answer: Response | None = None


class IdempotencyKeys:
    """The keys of the last 24 hours, by the clock that `now` reads."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}

    def begin(self, key: str, *, path: str, fingerprint: str, request_id: str) -> Response | None:
        """The saved answer, or None: then this request is the key's, until `finish` or `give_up`.

        Raises ApiError: 400 where the key was used for something else, 409 where its first request still runs.
        """
        if not 0 < len(key) <= LONGEST_KEY:
            raise invalid_request(f"Idempotency keys have 1 to {LONGEST_KEY} characters")
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or self._now() - entry.since >= KEPT_SECONDS:
                self._entries[key] = _Entry(fingerprint, path, self._now(), request_id)
                return None
            if entry.path != path:
                raise _reused(f"The key was first used for {entry.path}, now it comes for {path}")
            if entry.fingerprint != fingerprint:
                raise _reused("The key was first used with other parameters")
            if entry.answer is None:
                raise in_use()
            replayed = {"Idempotent-Replayed": "true", "Original-Request": entry.request_id}
            return attrs.evolve(entry.answer, headers={**entry.answer.headers, **replayed})

    def finish(self, key: str, answer: Response) -> None:
        """Save the answer for whoever comes again with the key."""
        with self._lock:
            self._entries[key].answer = answer

    def kept(self) -> Json:
        """The keys that have their answers, as data."""
        with self._lock:
            answered = {key: entry for key, entry in self._entries.items() if entry.answer}
            return {key: attrs.asdict(entry) for key, entry in answered.items()}

    def recall(self, kept: Json) -> None:
        """Know again what `kept` told."""
        with self._lock:
            for key, entry in kept.items():
                self._entries[key] = _Entry(**{**entry, "answer": Response(**entry["answer"])})

    def give_up(self, key: str) -> None:
        """Forget the key: nothing was executed."""
        with self._lock:
            del self._entries[key]


def in_use() -> ApiError:
    """The first request under the key has not been answered yet."""
    message = "Another request with this idempotency key is in progress; please try again later"
    error = {"type": "idempotency_error", "code": "idempotency_key_in_use", "message": message}
    return ApiError(409, error, should_retry=True)


def _reused(message: str) -> ApiError:
    return ApiError(400, {"type": "idempotency_error", "message": message})
