"""Whether the service runs, and whether it can serve."""

import logging

from litestar import get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from booking_adapters.http.document import refusals
from booking_adapters.http.engine import Engine
from booking_adapters.http.refusals import NotReady
from booking_adapters.http.upkeep_desk import Condition, State
from booking_adapters.http.views import Health, Readiness, WorkerHealth
from booking_core.domain.kernel.errors import NotFound

PROBE = "health-probe"
log = logging.getLogger("booking.http")


@get(
    "/health/live",
    operation_id="live",
    summary="Whether the process runs",
    tags=["Health"],
    sync_to_thread=False,
)
def live() -> Health:
    """Always `ok`: an answer is the proof."""
    return Health(status="ok")


@get(
    "/health/ready",
    operation_id="ready",
    summary="Whether the service can serve",
    tags=["Health"],
    responses=refusals(),
    sync_to_thread=True,
)
def ready(engine: NamedDependency[SkipValidation[Engine]]) -> Readiness:
    """`ok`, or 503 while the storage is away; `degraded` still serves, and says what is lost."""
    try:
        engine.tenants.by_key(PROBE)
    except NotFound:
        pass
    except Exception as away:
        log.warning("the storage cannot be reached", exc_info=away)
        raise NotReady("the storage cannot be reached") from away
    return _readiness(engine.upkeep.condition())


def _readiness(condition: Condition) -> Readiness:
    workers = condition.workers
    working = State.OK if workers.alive else State.DEGRADED
    worst = State.DEGRADED in {condition.redis, condition.live_updates, working}
    return Readiness(
        status=State.DEGRADED if worst else State.OK,
        storage=State.OK,
        redis=condition.redis,
        live_updates=condition.live_updates,
        worker=WorkerHealth(
            status=working,
            alive=workers.alive,
            age_seconds=None if workers.age is None else workers.age.total_seconds(),
        ),
    )
