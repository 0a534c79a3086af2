"""A worker whose threads really run, beside what a test does; and how to tell that it has nothing left to do."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import attrs

from booking_adapters.http.payment_views import PaymentPageView
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.sandbox.absent import AbsentVault
from booking_adapters.testing.contracts.scene import Storage as AnyStore
from booking_adapters.testing.engine import TheEngine
from booking_app.container import Deployment, wired
from booking_app.notifying import Post
from booking_app.provider import Provider
from booking_app.storage import Storage
from booking_app.worker import working
from booking_core.domain.catalog.notice_rules import NoticeChannel
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.notifying import Message
from booking_core.usecases.duties import Duty

PATIENCE_SECONDS = 60
HURRIED = timedelta(milliseconds=30)
AT_WORK = (
    "handle events",
    "send payment intents",
    "handle provider events",
    "sweep payments",
    "send notices",
    "expire claims",
    "tend the waitlist",
)
"""What a worker does every few milliseconds here; everything else as seldom as ever."""


@attrs.define
class Letterbox:
    """The Notifier port: keeps what was sent."""

    messages: list[Message] = attrs.field(factory=list)

    def send(self, message: Message) -> str:
        """Keep it."""
        self.messages.append(message)
        return message.key

    def to(self, who: str) -> list[str]:
        """The subjects of what somebody got."""
        return [each.subject for each in self.messages if each.to == who]


@attrs.define(eq=False)
class Crew:
    """A worker beside an engine on the same storage, under the same clock."""

    deployment: Deployment
    letters: Letterbox
    _done: dict[str, int] = attrs.field(factory=dict)
    _rounds: dict[str, int] = attrs.field(factory=dict)
    _told: threading.Condition = attrs.field(factory=threading.Condition)

    def rests(self) -> None:
        """Return when every duty was begun and ended after this call, and found nothing to do."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self._told:
            while True:
                rounds, done = dict(self._rounds), dict(self._done)
                self._told.wait_for(
                    lambda: all(self._rounds[each] >= rounds[each] + 2 for each in AT_WORK),  # noqa: B023
                    deadline - time.monotonic(),
                )
                assert time.monotonic() < deadline, "the worker does not come to rest"
                if self._done == done:
                    return

    def counted(self, name: str, duty: Duty) -> Duty:
        """The same duty, done often and counted."""
        self._done[name] = self._rounds[name] = 0

        def act(tenant: TenantId) -> int:
            try:
                done = duty(tenant)
            except BaseException:
                done = 1
                raise
            finally:
                with self._told:
                    self._rounds[name] += 1
                    self._done[name] += done
                    self._told.notify_all()
            return done

        return Duty(act=act, every=HURRIED, heeds_bell=duty.heeds_bell)


@contextmanager
def at_work(engine: TheEngine, store: AnyStore, threads: int = 4) -> Iterator[Crew]:
    """A worker that runs until the block ends."""
    letters = Letterbox()
    page = PaymentPageView(provider="sandbox", publishable_key="", test_cards=())
    provider = Provider(gateway=engine.till.send.gateway, vault=AbsentVault(), page=page)
    deployment = wired(
        Storage(store, MemoryInspection(MemoryStore())),
        clock=engine.clock,
        ids=engine.ids,
        provider=provider,
        post=Post(notifiers={NoticeChannel.EMAIL: letters}),
    )
    crew = Crew(deployment, letters)
    duties = {
        name: crew.counted(name, duty) if name in AT_WORK else duty
        for name, duty in deployment.duties.items()
    }
    with working(attrs.evolve(deployment, duties=duties), threads):
        yield crew
