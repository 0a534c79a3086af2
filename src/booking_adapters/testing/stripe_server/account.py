"""The merchant's account at the pretended Stripe: its objects, its clock, its events, and what is due later."""

import copy
import heapq
import itertools
import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import attrs

from booking_adapters.testing.stripe_server.cards import Card
from booking_adapters.testing.stripe_server.wire import Json, missing
from booking_core.domain.kernel.period import epoch, from_epoch
from booking_core.ports.ambient import Clock

KINDS = {
    "cus": "customer",
    "pm": "payment_method",
    "pi": "payment_intent",
    "ch": "charge",
    "re": "refund",
    "seti": "setup_intent",
    "evt": "event",
    "we": "webhook_endpoint",
}
"""Which kind of object an id's prefix names."""

SEARCH_DELAY_SECONDS = 60
"""Stripe says that an object can be searched for within about a minute, and not to search right after a write."""


@attrs.define
class Plastic:
    """What Stripe knows of a payment method and does not tell: the card behind it, and what it was used for."""

    card: Card
    is_set_up: bool = False
    is_used: bool = False


@attrs.frozen(kw_only=True)
class Cause:
    """The request that an event comes from, as its `request` field shows it."""

    request_id: str | None = None
    idempotency_key: str | None = None


class Account:
    """Everything the server remembers. Whoever touches it holds `lock`.

    `api_version` goes into events, `base_url` into addresses; `on_event` is told of each event while the lock is held.
    """

    def __init__(self, clock: Clock, api_version: str) -> None:
        self.lock = threading.RLock()
        self.api_version = api_version
        self.search_delay_seconds = SEARCH_DELAY_SECONDS
        self.base_url = ""
        self.plastic: dict[str, Plastic] = {}
        self.cause = Cause()
        self.on_event: Callable[[Json], None] = lambda _event: None
        self._clock = clock
        self._shift = timedelta(0)
        self._objects: dict[str, dict[str, Json]] = {kind: {} for kind in KINDS.values()}
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._count = itertools.count()

    def now(self) -> int:
        """Epoch seconds of the account's clock: the clock it was given, moved by what `advance` added."""
        return epoch((self._clock.now() + self._shift).replace(microsecond=0))

    def today(self) -> date:
        """The date in UTC, by the account's clock."""
        return from_epoch(self.now()).date()

    def advance(self, by: timedelta) -> None:
        """Move the account's clock, and let everything happen that is due by then."""
        with self.lock:
            self._shift += by
            self.settle()

    def later(self, after_seconds: int, step: Callable[[], None]) -> int:
        """Have a step done once so many seconds have passed; answers when that is."""
        due = self.now() + after_seconds
        heapq.heappush(self._due, (due, next(self._count), step))
        return due

    def settle(self) -> None:
        """Do what is due: authorisations lapse, refunds settle."""
        with self.lock:
            while self._due and self._due[0][0] <= self.now():
                _, _, step = heapq.heappop(self._due)
                self.cause = Cause()
                step()

    def new_id(self, prefix: str) -> str:
        """A fresh id in Stripe's form; its kind is told by the prefix."""
        return f"{prefix}_{secrets.token_hex(12)}"

    def add(self, object: Json) -> Json:
        """Keep a new object."""
        self._objects[object["object"]][object["id"]] = object
        return object

    def remove(self, object: Json) -> None:
        """Forget an object."""
        del self._objects[object["object"]][object["id"]]

    def find(self, kind: str, id: str, *, param: str = "id") -> Json:
        """The object of an id; raises ApiError (resource_missing, for `param`)."""
        found = self._objects[kind].get(id)
        if found is None:
            raise missing(kind, id, param=param)
        return found

    def everything(self) -> Iterable[Json]:
        """All objects of all kinds, each kind oldest first."""
        return itertools.chain.from_iterable(kept.values() for kept in self._objects.values())

    def every(self, kind: str) -> Iterable[Json]:
        """All objects of a kind, newest first."""
        return reversed(self._objects[kind].values())

    def expandable(self, id: str) -> Json | None:
        """The object that an id stands for, of whatever kind; None where it stands for none."""
        kind = KINDS.get(id.partition("_")[0])
        return self._objects[kind].get(id) if kind else None

    def emit(self, name: str, object: Json) -> None:
        """Record that something happened to an object: an event with the object as it is now."""
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": self.api_version,
            "created": self.now(),
            "data": {"object": copy.deepcopy(object)},
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": self.cause.request_id, "idempotency_key": self.cause.idempotency_key},
            "type": name,
        }
        self.add(event)
        self.on_event(event)
