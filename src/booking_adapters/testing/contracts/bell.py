"""What every bell does."""

import threading
from uuid import UUID

from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.bell import Bell

PATIENCE_SECONDS = 20.0
SALON, HOTEL = TenantId(UUID(int=1)), TenantId(UUID(int=2))


class BellContract:
    """Give it `bell`, and as `other` the bell of another process: the same one where there is no other."""

    def test_each_tenant_is_heard_once_however_often_it_was_rung_for(self, bell: Bell) -> None:
        for tenant in (SALON, HOTEL, SALON):
            bell.ring(tenant)
        assert bell.heard(0) == {SALON, HOTEL}
        assert bell.heard(0) == frozenset()

    def test_who_waits_is_woken(self, bell: Bell, other: Bell) -> None:
        assert bell.heard(0) == frozenset()
        enough = threading.Event()

        def ring_until_heard() -> None:
            # A bell of another process may begin to listen only after the first rings.
            while not enough.wait(0.01):
                other.ring(HOTEL)

        ringing = threading.Thread(target=ring_until_heard, daemon=True)
        ringing.start()
        try:
            assert bell.heard(PATIENCE_SECONDS) == {HOTEL}
        finally:
            enough.set()
            ringing.join(PATIENCE_SECONDS)
