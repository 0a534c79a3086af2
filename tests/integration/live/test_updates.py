"""The bell, within a process and between two through a real server, and what happens when that server is lost."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from booking_adapters._live.local_updates import LocalUpdates
from booking_adapters.redis import RedisUpdates
from booking_adapters.testing.contracts import LiveUpdatesContract
from booking_adapters.testing.contracts.live import IDS, SECOND, an_update, listening
from booking_adapters.testing.processes import free_port
from booking_adapters.testing.servers import ValkeyServer
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.updates import RESYNC
from booking_core.ports.live import LiveUpdates

PATIENCE_SECONDS = 10.0


@pytest.fixture(params=["local", "redis"])
def both(
    request: pytest.FixtureRequest, valkey_server: ValkeyServer
) -> Iterator[tuple[LiveUpdates, LiveUpdates]]:
    if request.param == "local":
        local = LocalUpdates()
        yield local, local
        return
    with ExitStack() as stack:
        first, second = (stack.enter_context(RedisUpdates(valkey_server.url())) for _ in range(2))
        assert first.wait_until_listening(PATIENCE_SECONDS)
        assert second.wait_until_listening(PATIENCE_SECONDS)
        yield first, second


class TestLiveUpdates(LiveUpdatesContract):
    @pytest.fixture
    def here(self, both: tuple[LiveUpdates, LiveUpdates]) -> LiveUpdates:
        return both[0]

    @pytest.fixture
    def there(self, both: tuple[LiveUpdates, LiveUpdates]) -> LiveUpdates:
        return both[1]


def test_without_a_server_the_own_process_still_hears() -> None:
    tenant = TenantId(IDS.new())
    with (
        RedisUpdates(f"redis://127.0.0.1:{free_port()}/0") as updates,
        listening(updates, tenant) as heard,
    ):
        updates.publish(tenant, an_update(1))
        assert heard(1, SECOND) == [an_update(1)]


def test_whoever_listens_is_told_to_read_anew_when_the_server_is_heard_again(
    valkey_server: ValkeyServer,
) -> None:
    tenant = TenantId(IDS.new())
    updates = RedisUpdates(valkey_server.url())
    with updates.subscribe(tenant, lambda: None) as subscription, updates:
        assert updates.wait_until_listening(PATIENCE_SECONDS)
        with listening(updates, tenant) as heard:
            updates.publish(tenant, an_update(1))
            assert heard(1, SECOND) == [an_update(1)]
        assert RESYNC in subscription.take()
