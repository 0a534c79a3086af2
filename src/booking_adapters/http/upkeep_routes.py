"""The upkeep: dead letters, and alerts. For staff."""

from typing import Annotated

from litestar import get
from litestar.params import PathParameter

from booking_adapters.http.asking import Asked, TheEngine
from booking_adapters.http.operations import staff_change, staff_read
from booking_adapters.http.upkeep_views import (
    AlertsView,
    AlertView,
    DeadLettersView,
    DeadLetterView,
    alert_view,
    dead_letter_view,
)
from booking_core.domain.kernel.ids import AlertId, parse_uuid
from booking_core.usecases.dead_letters import RequeueCommand
from booking_core.usecases.settle_alerts import ResolveCommand

QueueName = Annotated[str, PathParameter(description="Name of the queue.")]
LetterId = Annotated[str, PathParameter(description="Id of the dead letter in its queue.")]
AlertIdText = Annotated[str, PathParameter(description="Id of the alert.", schema_extra={"format": "uuid"})]


@staff_read("/dead-letters", "listDeadLetters", "What was given up")
def list_dead_letters(*, asked: Asked) -> DeadLettersView:
    """What failed as often as it may, and is not tried again by itself."""
    found = asked.engine.upkeep.list_dead_letters(asked.tenant)
    return DeadLettersView(dead_letters=tuple(map(dead_letter_view, found)))


@staff_change("/dead-letters/{queue:str}/{letter:str}/requeue", "requeueDeadLetter", "Try it anew")
def requeue_dead_letter(*, asked: Asked, queue: QueueName, letter: LetterId) -> DeadLetterView:
    """With all its attempts before it. The answer says what it was."""
    command = RequeueCommand(tenant=asked.tenant, queue=queue, letter=letter, actor=asked.actor)
    return dead_letter_view(asked.engine.upkeep.requeue_dead_letter(command))


@staff_read("/alerts", "listAlerts", "What people must look at")
def list_alerts(*, asked: Asked) -> AlertsView:
    """What no program can settle by itself."""
    found = asked.engine.upkeep.list_alerts(asked.tenant)
    return AlertsView(alerts=tuple(map(alert_view, found)))


@staff_change("/alerts/{alert_id:str}/resolve", "resolveAlert", "Say that it is settled")
def resolve_alert(*, asked: Asked, alert_id: AlertIdText) -> AlertView:
    """Settled again it stays as it was."""
    alert = AlertId(parse_uuid(alert_id, "alert_id"))
    return alert_view(
        asked.engine.upkeep.resolve_alert(ResolveCommand(tenant=asked.tenant, alert=alert, actor=asked.actor))
    )


@get("/metrics", media_type="text/plain; version=0.0.4; charset=utf-8", sync_to_thread=True)
def metrics(engine: TheEngine) -> bytes:
    """For Prometheus."""
    return engine.upkeep.metrics()


OF_STAFF = [list_dead_letters, requeue_dead_letter, list_alerts, resolve_alert]
