"""Wiring of the upkeep: dead letters and alerts, ready to be shown and settled."""

from datetime import timedelta

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.http.upkeep_desk import UpkeepDesk
from booking_app.calendar_wiring import Resolving
from booking_app.health import Health
from booking_app.settings import Settings
from booking_core.usecases.dead_letters import ListDeadLetters, RequeueDeadLetter
from booking_core.usecases.duties import Retention
from booking_core.usecases.look_at_queues import LookAtQueues
from booking_core.usecases.look_at_workers import LookAtWorkers
from booking_core.usecases.settle_alerts import ListAlerts, ResolveAlert

UPKEEP_USE_CASES = (LookAtQueues, LookAtWorkers, ListDeadLetters, RequeueDeadLetter, ListAlerts, ResolveAlert)


def retention_of(settings: Settings) -> Retention:
    """How long queues keep what is over."""
    return Retention(
        done=timedelta(days=settings.done_kept_days), dead=timedelta(days=settings.dead_kept_days)
    )


def upkeep_desk(container: Resolving, health: Health) -> UpkeepDesk:
    """What HTTP and the command line drive of the upkeep."""
    return UpkeepDesk(
        list_dead_letters=Persistent(container.resolve(ListDeadLetters)),
        requeue_dead_letter=Persistent(container.resolve(RequeueDeadLetter)),
        list_alerts=Persistent(container.resolve(ListAlerts)),
        resolve_alert=Persistent(container.resolve(ResolveAlert)),
        metrics=health.metrics.text,
        condition=health.condition,
    )
