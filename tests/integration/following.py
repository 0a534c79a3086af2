"""What follows behind the counter, done at once: tests need no worker for it."""

from booking_adapters.testing.engine import TheEngine
from booking_app.front_desk_wiring import FRONT_DESK_HANDLERS
from booking_core.domain.kernel.ids import TenantId
from booking_core.usecases.handling import HandleEvents


def what_follows(engine: TheEngine, tenant: TenantId) -> int:
    """Hand everything that was told to the handlers of the front desk; none may fail. How much was handled."""
    failures: list[Exception] = []
    handle = HandleEvents(
        begin=engine.store,
        handlers=[kind(ids=engine.ids) for kind in FRONT_DESK_HANDLERS],
        clock=engine.clock,
        ids=engine.ids,
        on_failure=lambda _owed, error: failures.append(error),
    )
    done = handle(tenant)
    assert failures == []
    return done
