"""What tests ask again and again."""

from collections.abc import Mapping
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

Client = TestClient[Litestar]

TEN = "2026-03-02T10:00:00+01:00"
ELEVEN = "2026-03-02T11:00:00+01:00"
MORNING = {"start": "2026-03-02T00:00:00Z", "end": "2026-03-02T10:00:00Z"}
BOB = {"name": "Bob Buyer", "email": "bob@example.org", "phone": "+49 30 1234"}


def a_booking(**changes: Any) -> dict[str, Any]:
    """A visit with Anna at ten; None takes a field out."""
    body = {"service": "visit", "start": TEN, "resources": ["anna"], "customer": BOB, **changes}
    return {name: value for name, value in body.items() if value is not None}


def book(client: Client, *, key: str | None = None, tenant: str = "clinic", **changes: Any) -> Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(f"/v1/{tenant}/reservations", json=a_booking(**changes), headers=headers)


def booked(client: Client, **changes: Any) -> Mapping[str, Any]:
    answer = book(client, **changes)
    assert answer.status_code == 201, answer.text
    found: Mapping[str, Any] = answer.json()
    return found


def starts(client: Client, *, session: str = "", **query: Any) -> dict[str, list[str]]:
    """The offered starts of the morning, by resource."""
    answer = client.get(
        "/v1/clinic/services/visit/slots",
        params={**MORNING, **query},
        headers={"Booking-Session": session} if session else {},
    )
    assert answer.status_code == 200, answer.text
    return {each["resource"]: each["starts"] for each in answer.json()["resources"]}


def refusal(answer: Response, status: int, code: str) -> Mapping[str, Any]:
    """The problem of a refusal, whose status and code are as expected."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem: Mapping[str, Any] = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code), problem
    return problem


def fields(answer: Response, status: int = 422) -> list[str]:
    """The fields that a refusal names."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == status, answer.text
    return [error["field"] for error in answer.json()["errors"]]
