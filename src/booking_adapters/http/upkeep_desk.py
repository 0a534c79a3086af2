"""What HTTP drives of the upkeep: one callable per use case."""

from collections.abc import Callable, Sequence
from enum import StrEnum

import attrs

from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.alerts import Alert
from booking_core.ports.queues import DeadLetter
from booking_core.usecases.dead_letters import RequeueCommand
from booking_core.usecases.look_at_workers import Workers
from booking_core.usecases.settle_alerts import ResolveCommand


class State(StrEnum):
    """How something stands that the service goes on without."""

    OK = "ok"
    DEGRADED = "degraded"
    UNUSED = "unused"


@attrs.frozen(kw_only=True)
class Condition:
    """How everything stands but the storage: what is degraded makes the service slower, or late, and keeps it serving.

    `redis` is the server that processes share, `live_updates` whether other processes are heard.
    """

    redis: State
    live_updates: State
    workers: Workers


@attrs.frozen(kw_only=True)
class UpkeepDesk:
    """What was given up, what people must look at, the metrics in Prometheus' text format, and how the parts stand."""

    list_dead_letters: Callable[[TenantId], Sequence[DeadLetter]]
    requeue_dead_letter: Callable[[RequeueCommand], DeadLetter]
    list_alerts: Callable[[TenantId], Sequence[Alert]]
    resolve_alert: Callable[[ResolveCommand], Alert]
    metrics: Callable[[], bytes]
    condition: Callable[[], Condition]
