import logging
import os
import random
import secrets
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.effort import EFFORT, scaled

# Before the first import of the kit, so that its contracts fail as readably as tests do.
pytest.register_assert_rewrite("booking_adapters.testing")

from booking_adapters.testing.servers import PostgresServer, ValkeyServer  # noqa: E402

EVERYDAY_EXAMPLES = 50

# New examples every run: a failure prints the blob that repeats it. No deadline: a busy machine is no failure.
settings.register_profile(
    "booking",
    max_examples=scaled(EVERYDAY_EXAMPLES),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("booking")


def pytest_configure() -> None:
    # Set before the workers of xdist are born, which inherit it: one seed for the whole run.
    os.environ.setdefault("BOOKING_TEST_SEED", str(secrets.randbits(32)))


def pytest_report_header() -> str:
    return f"booking: BOOKING_TEST_SEED={os.environ['BOOKING_TEST_SEED']} BOOKING_TEST_EFFORT={EFFORT:g}"


@pytest.fixture(autouse=True)
def _logs_end_with_their_test() -> Iterator[None]:
    """A test that runs the application in this process leaves its logging behind, and threads of others talk on."""
    root = logging.getLogger()
    level = root.level
    yield
    root.handlers = [each for each in root.handlers if type(each).__module__ != "booking_app.logs"]
    root.setLevel(level)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """A generator of the test's own, repeatable with the printed BOOKING_TEST_SEED whatever runs before it."""
    seed = f"{os.environ['BOOKING_TEST_SEED']}:{request.node.nodeid}"
    print(f"seed {seed}")  # noqa: T201 (pytest shows it when the test fails)
    return random.Random(seed)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server per worker, without fsync: for correctness."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def durable_postgres_server() -> Iterator[PostgresServer]:
    """One server per worker, with everything on that survives a crash."""
    with PostgresServer(durable=True) as server:
        yield server


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """One server per worker; on an installed server each worker takes a numbered database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    with ValkeyServer(database=int(worker) % 16) as server:
        yield server
