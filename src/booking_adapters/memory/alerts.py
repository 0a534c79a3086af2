"""Alerts, in memory."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import AlertId
from booking_core.ports.alerts import Alert


class MemoryAlerts:
    """The Alerts port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def raise_(self, alert: Alert) -> bool:
        """Remember an alert, unless one like it is open."""
        if any((each.kind, each.subject) == (alert.kind, alert.subject) for each in self._open()):
            return False
        self._tables.alerts[alert.id] = alert
        self._undo.append(lambda: self._tables.alerts.pop(alert.id))
        return True

    def open(self, limit: int) -> Sequence[Alert]:
        """Open alerts, the oldest first."""
        return sorted(self._open(), key=lambda each: (each.at, each.id))[:limit]

    @dooming
    def resolve(self, alert: AlertId, at: datetime, by: str) -> Alert:
        """Settle one."""
        stored = self._tables.alerts.get(alert)
        if stored is None:
            raise NotFound("alert", alert)
        if stored.resolved_at is not None:
            return stored
        settled = self._tables.alerts[alert] = attrs.evolve(stored, resolved_at=at, resolved_by=by)
        self._undo.append(lambda: self._tables.alerts.__setitem__(alert, stored))
        return settled

    def _open(self) -> list[Alert]:
        return [each for each in self._tables.alerts.values() if each.resolved_at is None]
