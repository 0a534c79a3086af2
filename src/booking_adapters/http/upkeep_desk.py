"""What HTTP drives of the upkeep: one callable per use case."""

from collections.abc import Callable, Sequence

import attrs

from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.alerts import Alert
from booking_core.ports.queues import DeadLetter
from booking_core.usecases.dead_letters import RequeueCommand
from booking_core.usecases.settle_alerts import ResolveCommand


@attrs.frozen(kw_only=True)
class UpkeepDesk:
    """What was given up, what people must look at, and the metrics in Prometheus' text format."""

    list_dead_letters: Callable[[TenantId], Sequence[DeadLetter]]
    requeue_dead_letter: Callable[[RequeueCommand], DeadLetter]
    list_alerts: Callable[[TenantId], Sequence[Alert]]
    resolve_alert: Callable[[ResolveCommand], Alert]
    metrics: Callable[[], bytes]
