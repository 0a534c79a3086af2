"""The upkeep: dead letters, and alerts. For staff."""

from http import HTTPStatus
from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.document import STAFF, refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.upkeep_views import (
    AlertsView,
    AlertView,
    DeadLettersView,
    DeadLetterView,
    alert_view,
    dead_letter_view,
)
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import AlertId, parse_uuid
from booking_core.usecases.dead_letters import RequeueCommand
from booking_core.usecases.settle_alerts import ResolveCommand

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
QueueName = Annotated[str, PathParameter(description="Name of the queue.")]
LetterId = Annotated[str, PathParameter(description="Id of the dead letter in its queue.")]
AlertIdText = Annotated[str, PathParameter(description="Id of the alert.", schema_extra={"format": "uuid"})]


@get(
    "/dead-letters",
    operation_id="listDeadLetters",
    summary="What was given up",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_dead_letters(*, engine: TheEngine, tenant_key: p.TenantKey) -> DeadLettersView:
    """What failed as often as it may, and is not tried again by itself."""
    found = engine.upkeep.list_dead_letters(p.tenant_of(engine.tenants, tenant_key))
    return DeadLettersView(dead_letters=tuple(map(dead_letter_view, found)))


@post(
    "/dead-letters/{queue:str}/{letter:str}/requeue",
    operation_id="requeueDeadLetter",
    summary="Try it anew",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def requeue_dead_letter(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, queue: QueueName, letter: LetterId
) -> DeadLetterView:
    """With all its attempts before it. The answer says what it was."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    command = RequeueCommand(tenant=tenant, queue=queue, letter=letter, actor=actor)
    return dead_letter_view(engine.upkeep.requeue_dead_letter(command))


@get(
    "/alerts",
    operation_id="listAlerts",
    summary="What people must look at",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_alerts(*, engine: TheEngine, tenant_key: p.TenantKey) -> AlertsView:
    """What no program can settle by itself."""
    found = engine.upkeep.list_alerts(p.tenant_of(engine.tenants, tenant_key))
    return AlertsView(alerts=tuple(map(alert_view, found)))


@post(
    "/alerts/{alert_id:str}/resolve",
    operation_id="resolveAlert",
    summary="Say that it is settled",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def resolve_alert(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, alert_id: AlertIdText
) -> AlertView:
    """Settled again it stays as it was."""
    alert = AlertId(parse_uuid(alert_id, "alert_id"))
    tenant = p.tenant_of(engine.tenants, tenant_key)
    return alert_view(engine.upkeep.resolve_alert(ResolveCommand(tenant=tenant, alert=alert, actor=actor)))


@get("/metrics", media_type="text/plain; version=0.0.4; charset=utf-8", sync_to_thread=True)
def metrics(engine: TheEngine) -> bytes:
    """For Prometheus."""
    return engine.upkeep.metrics()


OF_STAFF = [list_dead_letters, requeue_dead_letter, list_alerts, resolve_alert]
