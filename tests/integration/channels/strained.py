"""Channels under strain: a process that dies while it speaks to one, one that is slow, and one that counts callers."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import attrs

from booking_adapters.testing.channel import FakeChannel
from booking_core.domain.channels.link import Message
from booking_core.domain.channels.restrictions import DepartureDating
from booking_core.domain.channels.update import Refused, Update
from booking_core.ports.channel_connector import Pulled
from tests.integration.crashes.dying import Arrows


@attrs.frozen
class DyingChannel:
    """Dies before a call arrives or before its answer does."""

    inner: FakeChannel
    arrows: Arrows

    @property
    def dating(self) -> DepartureDating:
        return self.inner.dating

    def push(self, update: Update) -> Sequence[Refused]:
        self.arrows.step()
        refused = self.inner.push(update)
        self.arrows.step()
        return refused

    def pull(self, cursor: str = "") -> Pulled:
        self.arrows.step()
        pulled = self.inner.pull(cursor)
        self.arrows.step()
        return pulled

    def acknowledge(self, messages: Iterable[Message]) -> None:
        self.arrows.step()
        self.inner.acknowledge([*messages])
        self.arrows.step()


class SleepyChannel(FakeChannel):
    """What is told arrives after a sleep, in which something else happens."""

    sleep: Callable[[], object] = staticmethod(lambda: None)

    def push(self, update: Update) -> Sequence[Refused]:
        nap, self.sleep = self.sleep, lambda: None
        nap()
        return super().push(update)


class CarelessChannel(SleepyChannel):
    """The negative control: it takes whatever comes last for the latest."""

    def push(self, update: Update) -> Sequence[Refused]:
        super().push(attrs.evolve(update, turn=2**53))
        return []


@attrs.define(eq=False)
class CountingChannel(FakeChannel):
    """Counts how many speak to it of one listing at once; whoever is alone waits a little for another."""

    patience_seconds: float = 0.0
    most_at_once: int = 0
    inside: Counter[str] = attrs.field(factory=Counter)
    guard: threading.Condition = attrs.field(factory=threading.Condition)

    def push(self, update: Update) -> Sequence[Refused]:
        with self.guard:
            self.inside[update.code] += 1
            self.most_at_once = max(self.most_at_once, self.inside[update.code])
            self.guard.notify_all()
            self.guard.wait_for(lambda: self.most_at_once > 1, self.patience_seconds)
            refused = super().push(update)
            self.inside[update.code] -= 1
        return refused
