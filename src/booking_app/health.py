"""How the parts of a deployment stand: for `/health/ready`, and for Prometheus."""

from collections.abc import Callable, Iterator

import attrs
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from booking_adapters.http.upkeep_desk import Condition, State
from booking_app.live import LiveParts, SharedServer
from booking_app.metrics import Metrics
from booking_core.usecases.look_at_workers import Workers


@attrs.frozen
class Health:
    """The metrics, and how everything but the storage stands now."""

    metrics: Metrics
    condition: Callable[[], Condition]


def watched(metrics: Metrics, live: LiveParts, look_at_workers: Callable[[], Workers]) -> Health:
    """What is watched of a deployment; the metrics tell of it from now on."""

    def condition() -> Condition:
        return Condition(
            redis=State.UNUSED if live.server is None else _state(live.server.is_answering()),
            live_updates=_state(live.hears_others()),
            workers=look_at_workers(),
        )

    metrics.registry.register(_ConditionCollector(condition, live.server))
    return Health(metrics, condition)


def _state(is_well: bool) -> State:  # noqa: FBT001 - there is nothing else to be said
    return State.OK if is_well else State.DEGRADED


class _ConditionCollector(Collector):
    """What is degraded, and when anybody last worked, looked up when somebody asks."""

    def __init__(self, condition: Callable[[], Condition], server: SharedServer | None) -> None:
        self._condition, self._server = condition, server

    def describe(self) -> Iterator[Metric]:
        """Nothing: to register is not to look."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment."""
        condition = self._condition()
        degraded = GaugeMetricFamily(
            "booking_degraded", "Whether a part is lost that the service goes on without.", labels=["part"]
        )
        for part, state in (("redis", condition.redis), ("live updates", condition.live_updates)):
            if state is not State.UNUSED:
                degraded.add_metric([part], state is State.DEGRADED)
        yield degraded
        if self._server is not None:
            yield CounterMetricFamily(
                "booking_redis_failures", "How often Redis did not answer.", value=self._server.failures
            )
        yield GaugeMetricFamily(
            "booking_workers", "Workers that gave a sign within a minute.", value=condition.workers.alive
        )
        if condition.workers.age is not None:
            age = condition.workers.age.total_seconds()
            yield GaugeMetricFamily(
                "booking_worker_age_seconds", "Since when no worker gave a sign.", value=age
            )
