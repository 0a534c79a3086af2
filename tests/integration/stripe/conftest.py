from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from stripe import RequestsClient, StripeClient

from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.stripe_server import StripeServer
from tests.integration.stripe.receiver import Receiver

TIMEOUT_SECONDS = 10

Connect = Callable[..., StripeClient]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def server(clock: FixedClock) -> Iterator[StripeServer]:
    """A Stripe of the test's own, whose time passes only when the test says so."""
    with StripeServer(clock) as running:
        yield running


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes real SDK clients, and closes their connections."""
    with ExitStack() as connections:

        def client(
            server: StripeServer, *, timeout: float = TIMEOUT_SECONDS, retries: int = 0
        ) -> StripeClient:
            http = RequestsClient(timeout=timeout)
            connections.callback(http.close)
            return StripeClient(
                server.api_key,
                base_addresses={"api": server.url},
                http_client=http,
                max_network_retries=retries,
            )

        yield client


@pytest.fixture
def stripe(server: StripeServer, connect: Connect) -> StripeClient:
    """The real SDK, connected, without retries of its own."""
    return connect(server)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who is told of events."""
    with Receiver() as listening:
        yield listening
