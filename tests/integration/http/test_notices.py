"""Notices over HTTP: links that were mailed, what staff see, browsers, and what Twilio tells."""

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs
import pytest
from twilio.request_validator import RequestValidator

from booking_core.domain.catalog.notice_rules import Audience, NoticeChannel, Occasion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, NoticeId, parse_uuid
from booking_core.domain.notices.link import Link
from booking_core.domain.notices.notice import Notice, NoticeState, Owed
from booking_core.domain.notices.subject import Subject
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases import browsers
from tests.integration.http.asking import Client, booked, refusal
from tests.integration.http.wiring import PUBLIC_URL, STAFF, TWILIO_TOKEN, TheApi

TOKEN = "a-token-that-nobody-guesses"
BROWSER = {
    "endpoint": "https://push.example/send/abc",
    "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
    "auth": "tBHItJI5svbpez7KI4CCXg",
}


def linked(api: TheApi, client: Client) -> str:
    """A reservation, and the path of its link."""
    reservation = ClaimId(parse_uuid(booked(client)["id"], "id"))
    with api.store(api.businesses["clinic"].tenant) as tx:
        tx.links.keep(Link.to_manage(tx.reservations.get(reservation), TOKEN))
    return f"/v1/clinic/manage/{TOKEN}"


Became = Callable[[Notice, datetime], Change[Notice, Notice]]


def was_taken(notice: Notice, at: datetime) -> Change[Notice, Notice]:
    return notice.sent("SM1", at)


def sms(api: TheApi, client: Client, became: Became = was_taken) -> Notice:
    """An SMS about a reservation, and what became of it; Twilio took it where nothing else is said."""
    at = api.engine.clock.now()
    owed = Owed(
        about=Subject(reservation=ClaimId(parse_uuid(booked(client)["id"], "id"))),
        version=1,
        rule="client-placed-sms",
        occasion=Occasion.PLACED,
        audience=Audience.CLIENT,
        channel=NoticeChannel.SMS,
        address="+4915112345678",
        template="placed",
        language="en",
        due_at=at,
        useful_until=at + timedelta(days=1),
    )
    planned = Notice.plan(owed, id=NoticeId(api.engine.ids.new()), at=at)
    tenant = api.businesses["clinic"].tenant
    with api.store(tenant) as tx:
        tx.notices.plan([planned])
    with api.store(tenant) as tx:
        (taken,) = tx.notices.lease(at, 1, timedelta(minutes=1))
        change = became(taken, at)
        tx.notices.save(change)
    return change.state


def told(client: Client, notice: Notice, status: str, *, token: str = TWILIO_TOKEN, sid: str = "SM1") -> int:
    """What Twilio would post; the status of the answer."""
    path = f"/v1/clinic/notices/{notice.id}/status"
    fields = {"MessageSid": sid, "MessageStatus": status, "ErrorCode": "30003"}
    signature = RequestValidator(token).compute_signature(f"{PUBLIC_URL}{path}", fields)  # type: ignore[no-untyped-call]
    return client.post(path, data=fields, headers={"X-Twilio-Signature": signature}).status_code


def state(api: TheApi, notice: Notice) -> NoticeState:
    with api.store.reading(api.businesses["clinic"].tenant) as tx:
        return tx.notices.get(notice.id).state


def test_a_link_shows_its_reservation_and_nobody_keeps_or_passes_it_on(api: TheApi, client: Client) -> None:
    path = linked(api, client)
    shown = client.get(path)
    assert shown.json()["status"] == "confirmed"
    assert (shown.headers["cache-control"], shown.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert client.get(path).json()["status"] == "confirmed", "looking changes nothing"
    cancelled = client.post(f"{path}/cancel", json={"reason": "ill"})
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    refusal(client.post(f"{path}/cancel"), 409, "INVALID_TRANSITION")


def test_a_link_that_is_over_revoked_or_another_tenants_opens_nothing(api: TheApi, client: Client) -> None:
    path = linked(api, client)
    refusal(client.get(path.replace("/clinic/", "/city-tours/")), 404, "NOT_FOUND")
    refusal(client.get(f"{path}x"), 404, "NOT_FOUND")
    refusal(client.get(f"/v1/clinic/manage/{'x' * 300}"), 404, "NOT_FOUND")
    (booked,) = _reservations(api)
    taken_back = f"/v1/clinic/staff/reservations/{booked.code}/revoke-links"
    assert client.post(taken_back, headers=STAFF).json() == {"revoked": 1}
    refusal(client.get(path), 404, "NOT_FOUND")
    assert client.post(taken_back, headers=STAFF).json() == {"revoked": 0}
    refusal(client.post(f"{path}/cancel"), 404, "NOT_FOUND")


def test_a_link_ends_a_week_after_its_reservation(api: TheApi, client: Client) -> None:
    path = linked(api, client)
    (reservation,) = _reservations(api)
    api.engine.clock.set(reservation.period.end + timedelta(days=6))
    assert client.get(path).status_code == 200
    api.engine.clock.set(reservation.period.end + timedelta(days=7))
    refusal(client.get(path), 404, "NOT_FOUND")


def _reservations(api: TheApi) -> list[Reservation]:
    return list(api.store.tables(api.businesses["clinic"].tenant).reservations.values())


def test_twilio_tells_that_an_sms_arrived_or_did_not(api: TheApi, client: Client) -> None:
    notice = sms(api, client)
    assert told(client, notice, "sent") == 204
    assert state(api, notice) is NoticeState.SENT
    assert told(client, notice, "undelivered", sid="SM0") == 204
    assert state(api, notice) is NoticeState.SENT, "that was an earlier attempt"
    assert told(client, notice, "delivered") == 204
    assert state(api, notice) is NoticeState.DELIVERED
    assert told(client, notice, "delivered") == 204, "told twice"


@pytest.mark.parametrize(
    ("was_sent", "reached"),
    [(True, NoticeState.DELIVERED), (False, NoticeState.DUE)],
    ids=["lost", "never sent"],
)
def test_an_sms_is_not_sent_again_that_twilio_delivered_though_its_answer_was_lost(
    api: TheApi, client: Client, *, was_sent: bool, reached: NoticeState
) -> None:
    notice = sms(api, client, lambda taken, at: taken.put_off("no answer", at, was_sent=was_sent))
    assert told(client, notice, "delivered", sid="SM7") == 204
    assert state(api, notice) is reached
    with api.store(api.businesses["clinic"].tenant) as tx:
        again = tx.notices.lease(api.engine.clock.now() + timedelta(hours=2), 9, timedelta(minutes=1))
    assert [each.id for each in again if each.id == notice.id] == ([] if was_sent else [notice.id])


def test_an_sms_that_bounced_is_shown_to_staff_who_send_it_again(api: TheApi, client: Client) -> None:
    notice = sms(api, client)
    assert told(client, notice, "undelivered") == 204
    with api.store.reading(api.businesses["clinic"].tenant) as tx:
        assert [alert.kind for alert in tx.alerts.open(9)] == ["notice_undeliverable"]
    answer = client.get("/v1/clinic/staff/notices?state=bounced", headers=STAFF)
    (bounced,) = answer.json()["notices"]
    assert (bounced["id"], bounced["reason"]) == (str(notice.id), "Twilio: undelivered 30003")
    path = f"/v1/clinic/staff/notices/{notice.id}"
    assert "booking" in client.get(f"{path}/preview", headers=STAFF).json()["text"].lower()
    again = client.post(f"{path}/requeue", headers=STAFF).json()
    assert (again["state"], again["attempts"]) == ("due", 0)
    refusal(client.post(f"{path}/requeue", headers=STAFF), 409, "INVALID_TRANSITION")
    refusal(client.get("/v1/clinic/staff/notices?state=lost", headers=STAFF), 422, "INVALID_INPUT")


def test_a_report_that_overtakes_the_answer_counts_as_the_answer(api: TheApi, client: Client) -> None:
    notice = sms(api, client)
    tenant = api.businesses["clinic"].tenant
    at = api.engine.clock.now()
    with api.store(tenant) as tx:
        tx.notices.save(tx.notices.get(notice.id).bounce("a fault on the line", at))
    with api.store(tenant) as tx:
        tx.notices.save(tx.notices.get(notice.id).requeue(at))
    with api.store(tenant) as tx:
        tx.notices.lease(at, 1, timedelta(minutes=1))
    assert told(client, notice, "delivered", sid="SM2") == 204
    assert state(api, notice) is NoticeState.DELIVERED


def test_a_report_about_anything_but_an_sms_is_not_believed(api: TheApi, client: Client) -> None:
    notice = sms(api, client)
    tenant = api.businesses["clinic"].tenant
    owed = attrs.evolve(notice.owed, channel=NoticeChannel.EMAIL, rule="client-placed-email")
    mail = Notice.plan(owed, id=NoticeId(api.engine.ids.new()), at=api.engine.clock.now())
    with api.store(tenant) as tx:
        tx.notices.plan([mail])
    assert told(client, mail, "delivered") == 404
    assert state(api, mail) is NoticeState.DUE


def test_staff_send_another_copy_of_what_was_sent(api: TheApi, client: Client) -> None:
    notice = sms(api, client)
    path = f"/v1/clinic/staff/notices/{notice.id}/resend"
    copies = [client.post(path, headers=STAFF).json() for _ in range(2)]
    assert [each["state"] for each in copies] == ["due", "due"]
    about = client.get(f"/v1/clinic/staff/reservations/{notice.owed.about.id}/notices", headers=STAFF)
    assert [each["id"] for each in about.json()["notices"]] == [
        str(notice.id),
        *(each["id"] for each in copies),
    ]
    again = client.post(path.replace(str(notice.id), copies[0]["id"]), headers=STAFF)
    refusal(again, 409, "INVALID_TRANSITION")


def test_what_twilio_did_not_sign_is_not_believed(api: TheApi, client: Client) -> None:
    notice = sms(api, client)
    assert told(client, notice, "delivered", token="another token") == 404
    assert told(client, attrs.evolve(notice, id=NoticeId(api.engine.ids.new())), "delivered") == 404
    assert client.post(f"/v1/clinic/notices/{notice.id}/status", data={}).status_code == 404
    assert state(api, notice) is NoticeState.SENT


def test_a_browser_is_told_until_it_is_told_no_more(client: Client) -> None:
    assert client.get("/v1/clinic/staff/push-key", headers=STAFF).json() == {"public_key": "a key"}
    first = client.post("/v1/clinic/staff/browsers", json=BROWSER, headers=STAFF)
    again = client.post("/v1/clinic/staff/browsers", json={**BROWSER, "resource": "anna"}, headers=STAFF)
    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"])
    assert "push.example" not in first.text
    path = f"/v1/clinic/staff/browsers/{first.json()['id']}"
    assert client.delete(path, headers=STAFF).status_code == 204
    refusal(client.delete(path, headers=STAFF), 404, "NOT_FOUND")


def test_only_so_many_browsers_are_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsers, "MOST_OF_A_TENANT", 1)
    path = "/v1/clinic/staff/browsers"
    assert client.post(path, json=BROWSER, headers=STAFF).status_code == 201
    other = {**BROWSER, "endpoint": "https://push.example/send/another"}
    refusal(client.post(path, json=other, headers=STAFF), 422, "INVALID_INPUT")
    assert client.post(path, json=BROWSER, headers=STAFF).status_code == 201, "who is known may come again"


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://127.0.0.1/send"},
        {"endpoint": "https://10.1.2.3/send"},
        {"endpoint": "http://push.example/send"},
        {"p256dh": "no key"},
    ],
)
def test_a_browser_that_cannot_be_told_safely_is_refused(client: Client, change: dict[str, str]) -> None:
    answer = client.post("/v1/clinic/staff/browsers", json={**BROWSER, **change}, headers=STAFF)
    assert answer.status_code == 422
