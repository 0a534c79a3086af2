"""Dead letters and alerts over HTTP: staff see what was given up and try it anew."""

from datetime import timedelta
from uuid import UUID

import pytest

from booking_core.domain.kernel.ids import AlertId
from booking_core.ports.alerts import Alert
from booking_core.ports.outbox import EVERY_EVENT
from tests.integration.http.asking import Client, refusal
from tests.integration.http.wiring import STAFF, TheApi

SUBJECT, ALERT = UUID(int=5), AlertId(UUID(int=6))


def test_a_dead_letter_is_listed_requeued_once_and_gone(api: TheApi, client: Client) -> None:
    at = api.engine.clock.now()
    with api.store(api.businesses["clinic"].tenant) as tx:
        tx.outbox.spread({"kitchen": frozenset({EVERY_EVENT})}, at, 1)
        (owed,) = tx.outbox.lease(["kitchen"], at, 1, timedelta(0))
        tx.outbox.give_up(owed, at, "KeyError")
    (letter,) = client.get("/v1/clinic/staff/dead-letters", headers=STAFF).json()["dead_letters"]
    assert (letter["queue"], letter["reason"], letter["attempts"]) == ("handlers", "KeyError", 1)
    path = f"/v1/clinic/staff/dead-letters/{letter['queue']}/{letter['id']}/requeue"
    assert client.post(path, headers=STAFF).json() == letter
    refusal(client.post(path, headers=STAFF), 404, "NOT_FOUND")
    assert client.get("/v1/clinic/staff/dead-letters", headers=STAFF).json() == {"dead_letters": []}


def test_an_alert_is_listed_and_settled_by_who_says_so(api: TheApi, client: Client) -> None:
    at = api.engine.clock.now()
    with api.store(api.businesses["clinic"].tenant) as tx:
        tx.alerts.raise_(Alert(id=ALERT, kind="paid_twice", subject=SUBJECT, message="Paid twice", at=at))
    (alert,) = client.get("/v1/clinic/staff/alerts", headers=STAFF).json()["alerts"]
    assert (alert["kind"], alert["resolved_at"]) == ("paid_twice", None)
    path = f"/v1/clinic/staff/alerts/{alert['id']}/resolve"
    settled = client.post(path, headers=STAFF).json()
    assert (settled["resolved_by"], settled["resolved_at"] is None) == ("token", False)
    assert client.post(path, headers=STAFF).json() == settled, "settled again it stays as it was"
    assert client.get("/v1/clinic/staff/alerts", headers=STAFF).json() == {"alerts": []}
    refusal(client.post(path.replace("clinic", "city-tours"), headers=STAFF), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "alerts/nothing/resolve", 422),
        ("POST", f"alerts/{SUBJECT}/resolve", 404),
        ("POST", "dead-letters/nothing/1:kitchen/requeue", 404),
        ("POST", "dead-letters/handlers/1:'--/requeue", 404),
        ("GET", "alerts?everything=1", 422),
    ],
)
def test_what_makes_no_sense_is_refused(client: Client, method: str, path: str, status: int) -> None:
    assert client.request(method, f"/v1/clinic/staff/{path}", headers=STAFF).status_code == status


@pytest.mark.parametrize("path", ["dead-letters", "alerts"])
def test_guests_see_none_of_it(client: Client, path: str) -> None:
    refusal(client.get(f"/v1/clinic/staff/{path}"), 401, "NOT_AUTHENTICATED")


def test_metrics_are_for_staff_alone(client: Client) -> None:
    refusal(client.get("/metrics"), 401, "NOT_AUTHENTICATED")
    answer = client.get("/metrics", headers=STAFF)
    assert (answer.status_code, answer.text) == (200, "# metrics")
    assert answer.headers["content-type"].startswith("text/plain")
