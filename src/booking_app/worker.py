"""A worker: threads that do every duty for every tenant when it is due. Many workers may serve one storage."""

import heapq
import math
import os
import secrets
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import count

import attrs
import structlog

from booking_app.container import Deployment
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.ids import TenantId
from booking_core.usecases.duties import Duty

THREADS = 4
LONGEST_GOODBYE_SECONDS = 30.0
NEW_TENANTS_SECONDS = 10.0
NAP_SECONDS = 0.25
BETWEEN_RINGS_SECONDS = 0.01
SIGN_SECONDS = 10.0
"""How often a worker gives a sign of life: between two duties, so that one that hangs gives none."""
LOG = structlog.get_logger("booking.worker")

Job = tuple[str, str]
"""The key of a tenant and the name of a duty."""


@attrs.define(eq=False)
class Schedule:
    """What is due when. A job that somebody does is nobody else's, and a duty keeps at most half of the threads busy.

    So neither a slow duty nor a slow tenant keeps all others waiting. Times are seconds of a clock that only goes on.
    """

    duties: dict[str, Duty]
    most_of_a_duty: int
    _due: list[tuple[float, int, Job]] = attrs.field(factory=list)
    _waiting: dict[Job, tuple[float, int]] = attrs.field(factory=dict)
    """When each job is due that nobody does: entries of `_due` that say otherwise were overtaken."""
    _own_time: dict[Job, float] = attrs.field(factory=dict)
    """When each job is due by itself, whether or not the bell is rung for it."""
    _doing: set[Job] = attrs.field(factory=set)
    _rung_for: set[Job] = attrs.field(factory=set)
    """What the bell was rung for while somebody did it."""
    _known: set[str] = attrs.field(factory=set)
    _busy: Counter[str] = attrs.field(factory=Counter)
    _order: Iterator[int] = attrs.field(factory=count)

    def knows(self, tenants: Collection[str], now: float) -> None:
        """All duties of a tenant that is new are due; those of one that is gone end."""
        for tenant in tenants:
            if tenant not in self._known:
                for duty in self.duties:
                    self._own_time[tenant, duty] = now
                    self._bring_forward((tenant, duty), now)
        self._known = {*tenants}

    def rung(self, tenant: str, now: float) -> None:
        """What heeds the bell is due for a tenant, and once more where somebody is doing it."""
        for name, duty in self.duties.items():
            if duty.heeds_bell and tenant in self._known:
                self._bring_forward((tenant, name), now + duty.after.total_seconds())

    def take(self, now: float) -> Job | None:
        """The job that has been due longest, unless its duty keeps enough threads busy."""
        passed_over = []
        found = None
        while found is None and self._due and self._due[0][0] <= now:
            entry = heapq.heappop(self._due)
            due, number, job = entry
            if self._waiting.get(job) != (due, number):
                continue
            if job[0] not in self._known:
                del self._waiting[job]
            elif self._busy[job[1]] < self.most_of_a_duty:
                found = job
                del self._waiting[job]
                self._doing.add(job)
                self._busy[job[1]] += 1
            else:
                passed_over.append(entry)
        for entry in passed_over:
            heapq.heappush(self._due, entry)
        return found

    def is_early(self, job: Job, now: float) -> bool:
        """Whether a job that was taken is done for the bell alone, before its own time."""
        return now < self._own_time.get(job, now)

    def done(self, job: Job, now: float, *, is_more: bool) -> None:
        """Due again when its time has come, or at once, behind all others, where more is left to do."""
        self._own_time[job] = now if is_more else now + self.duties[job[1]].every.total_seconds()
        self.left(job, now)

    def left(self, job: Job, now: float) -> None:
        """Nothing waited for it, so it was left alone: due again when it would have been without the bell."""
        self._busy[job[1]] -= 1
        self._doing.remove(job)
        self._put(job, self._own_time[job])
        if job in self._rung_for:
            self._rung_for.remove(job)
            self._bring_forward(job, now + self.duties[job[1]].after.total_seconds())

    def pause(self, now: float, longest: float) -> float:
        """How long until something is due, at most so long; what is due now waits for a thread to be free."""
        ahead = self._due[0][0] - now if self._due else longest
        return min(ahead, longest) if ahead > 0 else longest

    def _bring_forward(self, job: Job, now: float) -> None:
        if job in self._doing:
            self._rung_for.add(job)
        elif job not in self._waiting or now < self._waiting[job][0]:
            self._put(job, now)

    def _put(self, job: Job, due: float) -> None:
        number = next(self._order)
        self._waiting[job] = (due, number)
        heapq.heappush(self._due, (due, number, job))


class Worker:
    """Does what is due until it is told to stop. It then ends what it has begun and begins nothing more."""

    def __init__(self, deployment: Deployment, threads: int = THREADS) -> None:
        self._deployment = deployment
        self._schedule = Schedule(dict(deployment.duties), most_of_a_duty=max(1, threads // 2))
        self._guard = threading.Condition()
        self._enough = threading.Event()
        self._looked_at = -NEW_TENANTS_SECONDS
        self._keys: dict[TenantId, str] = {}
        self._name = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"
        self._signed_at = -SIGN_SECONDS
        self._is_known = False
        self._threads = [
            threading.Thread(target=self._work, name=f"booking worker {number}", daemon=True)
            for number in range(1, threads + 1)
        ]
        self._threads.append(threading.Thread(target=self._hear, name="booking worker: bell", daemon=True))

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing more and wait for what was begun, at most 30 seconds."""
        with self._guard:
            self._enough.set()
            self._guard.notify_all()
        deadline = time.monotonic() + LONGEST_GOODBYE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if self._is_known:
            self._say_goodbye()

    def _work(self) -> None:
        while not self._enough.is_set():
            self._give_sign()
            self._look_for_tenants()
            taken = self._next()
            if taken is None:
                continue
            job, is_early = taken
            done = self._done(job, is_early=is_early)
            with self._guard:
                if done is None:
                    self._schedule.left(job, time.monotonic())
                else:
                    self._schedule.done(job, time.monotonic(), is_more=done > 0)
                self._guard.notify()

    def _done(self, job: Job, *, is_early: bool) -> int | None:
        """How much was done; None where the bell was rung for it and nothing waits."""
        if is_early and not something_waits(self._deployment, *job):
            return None
        return one_duty(self._deployment, *job)

    def _next(self) -> tuple[Job, bool] | None:
        """What is due, and whether it is for the bell alone; None after a nap where nothing is."""
        now = time.monotonic()
        with self._guard:
            job = self._schedule.take(now)
            if job is not None:
                return job, self._schedule.is_early(job, now)
            if not self._enough.is_set():
                self._guard.wait(self._schedule.pause(now, NAP_SECONDS))
            return None

    def _give_sign(self) -> None:
        """One of the threads, every ten seconds."""
        now = time.monotonic()
        with self._guard:
            if now - self._signed_at < SIGN_SECONDS:
                return
            self._signed_at = now
        try:
            self._deployment.heartbeats.beat(self._name, self._deployment.engine.clock.now())
            self._is_known = True
        except Exception:
            LOG.exception("the storage cannot be reached")
            self._is_known = False

    def _say_goodbye(self) -> None:
        try:
            self._deployment.heartbeats.end(self._name)
        except Exception:
            LOG.exception("the storage cannot be reached")

    def _hear(self) -> None:
        """Bring forward what the bell is rung for. The pause makes one of many rings in a row."""
        while not self._enough.is_set():
            rung = self._deployment.bell.heard(NAP_SECONDS)
            with self._guard:
                for tenant in rung:
                    if tenant in self._keys:
                        self._schedule.rung(self._keys[tenant], time.monotonic())
                if rung:
                    self._guard.notify_all()
            self._enough.wait(BETWEEN_RINGS_SECONDS)

    def _look_for_tenants(self) -> None:
        """One of the threads, every ten seconds. A storage that hangs keeps no other thread waiting."""
        now = time.monotonic()
        with self._guard:
            if now - self._looked_at < NEW_TENANTS_SECONDS:
                return
            self._looked_at = math.inf  # nobody else looks until this one has
        found = self._tenants()
        with self._guard:
            self._looked_at = time.monotonic()
            if found is not None:
                self._keys = found
                self._schedule.knows(found.values(), now)

    def _tenants(self) -> dict[TenantId, str] | None:
        """All that there are, with their keys; None where the storage cannot be reached."""
        tenants, known = self._deployment.engine.tenants, {key: each for each, key in self._keys.items()}
        try:
            return {known.get(key) or tenants.by_key(key): key for key in tenants.keys()}  # noqa: SIM118 - a port
        except Exception:
            LOG.exception("the storage cannot be reached")
            return None


def something_waits(deployment: Deployment, tenant: str, name: str) -> bool:
    """Whether a duty has something to do for a tenant; what fails is left to the duty, when its own time comes."""
    try:
        return deployment.duties[name].waits(deployment.engine.tenants.by_key(tenant))
    except Exception:
        LOG.exception("a look at what waits broke", duty=name)
        return False


def one_duty(deployment: Deployment, tenant: str, name: str) -> int:
    """Do one duty for one tenant; how much was done. What fails is logged without its data, and due again later."""
    done = 0
    try:
        with deployment.metrics.timed(name) as did:
            done = deployment.duties[name](deployment.engine.tenants.by_key(tenant))
            did(done)
    except BookingError as refused:
        LOG.warning("a duty failed", duty=name, code=refused.code)
    except Exception:
        LOG.exception("a duty broke", duty=name)
    return done


def one_round(deployment: Deployment) -> int:
    """Every duty for every tenant, once; how much was done."""
    tenants = deployment.engine.tenants.keys()
    return sum(one_duty(deployment, tenant, name) for tenant in tenants for name in deployment.duties)


@contextmanager
def working(deployment: Deployment, threads: int = THREADS) -> Iterator[None]:
    """A worker beside what happens in the block."""
    worker = Worker(deployment, threads)
    worker.start()
    try:
        yield
    finally:
        worker.stop()


def work_until_told(deployment: Deployment, threads: int = THREADS) -> None:
    """Work until SIGINT or SIGTERM; what was begun is ended."""
    told = threading.Event()
    kept = {
        number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with working(deployment, threads):
            LOG.info("working")
            told.wait()
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    LOG.info("stopped")
