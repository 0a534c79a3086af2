"""Alerts: what people must look at, and their word that it is settled."""

from collections.abc import Sequence

import attrs

from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import AlertId, TenantId
from booking_core.ports.alerts import Alert
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork

MOST_SHOWN = 100


@attrs.frozen(kw_only=True)
class ListAlerts:
    """What people must look at now."""

    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> Sequence[Alert]:
        """At most 100, the oldest first."""
        with self.begin.reading(tenant) as tx:
            return tx.alerts.open(MOST_SHOWN)


@attrs.frozen(kw_only=True)
class ResolveCommand:
    """Somebody says that what an alert is about is settled."""

    tenant: TenantId
    alert: AlertId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ResolveAlert:
    """Settles an alert; one like it can then be raised anew."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: ResolveCommand) -> Alert:
        """The alert as it is now: settled by whoever did so first. Raises NotFound."""
        actor = command.actor
        with self.begin(command.tenant, actor) as tx:
            return tx.alerts.resolve(command.alert, self.clock.now(), actor.name or actor.kind)
