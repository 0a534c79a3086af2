"""Metrics for Prometheus: how the queues stand, how long duties take and how often they fail. No tenant is named."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.queues import Standing
from booking_core.ports.storage import Tenants

KEPT_SECONDS = 10.0
"""Who asks more often gets the same answer again: looking costs a transaction for each business."""
LookAt = Callable[[TenantId], Mapping[str, Standing]]


class Metrics:
    """The metrics of one deployment in this process."""

    def __init__(self, tenants: Tenants, look_at: LookAt, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "booking_duty_seconds",
            "How long a duty took, once for one business.",
            ["duty"],
            registry=self.registry,
        )
        self._failures = Counter(
            "booking_duty_failures", "How often a duty failed.", ["duty"], registry=self.registry
        )
        self._done = Counter("booking_duty_done", "How much a duty did.", ["duty"], registry=self.registry)
        self.registry.register(_QueueCollector(tenants, look_at, clock))

    @contextmanager
    def timed(self, duty: str) -> Iterator[Callable[[int], None]]:
        """Around a duty: how long it takes, and whether it fails; it tells how much it did."""
        with self._seconds.labels(duty).time(), self._failures.labels(duty).count_exceptions():
            yield self._done.labels(duty).inc

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self.registry)


class _QueueCollector(Collector):
    """How the queues of all businesses stand together, looked up when somebody asks."""

    def __init__(self, tenants: Tenants, look_at: LookAt, clock: Clock) -> None:
        self._tenants, self._look_at, self._clock = tenants, look_at, clock
        self._guard = threading.Lock()
        self._looked_at = -KEPT_SECONDS
        self._found: list[GaugeMetricFamily] = []

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Names alone: to register is not to look."""
        yield from _families()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures, at most ten seconds old."""
        with self._guard:
            now = time.monotonic()
            if now - self._looked_at >= KEPT_SECONDS:
                self._found = self._look()
                self._looked_at = now
            yield from self._found

    def _look(self) -> list[GaugeMetricFamily]:
        every: dict[str, list[Standing]] = {}
        for key in self._tenants.keys():  # noqa: SIM118 - a port, no mapping
            for queue, standing in self._look_at(self._tenants.by_key(key)).items():
                every.setdefault(queue, []).append(standing)
        entries, ages = _families()
        now = self._clock.now()
        for queue, standings in every.items():
            for state in ("waiting", "failing", "dead"):
                entries.add_metric([queue, state], sum(getattr(each, state) for each in standings))
            oldest = min((each.oldest for each in standings if each.oldest), default=now)
            ages.add_metric([queue], max(0.0, (now - oldest).total_seconds()))
        return [entries, ages]


def _families() -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
    return (
        GaugeMetricFamily("booking_queue_entries", "Entries of a queue by state.", labels=["queue", "state"]),
        GaugeMetricFamily(
            "booking_queue_oldest_seconds", "Since when the longest waiting entry waits.", labels=["queue"]
        ),
    )
