"""A bell: whoever has written rings it, and who works on what was written need not wait until it looks by itself."""

from typing import Protocol

from booking_core.domain.kernel.ids import TenantId


class Bell(Protocol):
    """Rung after commits. It may fail to be heard: whoever listens looks now and then without having heard anything."""

    def ring(self, tenant: TenantId) -> None:
        """Say that something of a tenant was committed. Never raises and never waits for others."""
        ...

    def heard(self, seconds: float) -> frozenset[TenantId]:
        """For whom it was rung since it was last asked; waits at most so many seconds for the first."""
        ...
