"""The API of the stories, with nothing booked yet."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.integration.http.wiring import TheApi, the_api


@pytest.fixture(scope="module")
def application() -> TheApi:
    return the_api()


@pytest.fixture
def api(application: TheApi) -> TheApi:
    return application.starts_over()


@pytest.fixture
def client(api: TheApi) -> Iterator[TestClient[Litestar]]:
    with TestClient(api.app) as client:
        yield client
