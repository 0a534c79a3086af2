"""SCENARIOS.md section 1 at the counter, over HTTP: check in, charge, check out, and what is refused."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import attrs
import pytest
from litestar.testing import TestClient

from booking_adapters.testing.builders import grand_hotel, named_id, nightly
from booking_core.domain.catalog.desk import Article, DeskTerms, LateFee, LoyaltyTerms
from booking_core.domain.catalog.resource import Unit
from booking_core.domain.kernel.ids import UnitId
from booking_core.domain.kernel.money import Money
from tests.integration.following import what_follows
from tests.integration.http.asking import Client, fields, refusal
from tests.integration.http.wiring import STAFF, TheApi, the_api

STAY = 3 * 18_900
MINIBAR = 1_250
ADA = {"name": "Ada", "email": "ada@example.org"}
NIGHTS = {"check_in": "2026-03-02", "check_out": "2026-03-05"}


@attrs.frozen(eq=False)
class Counter:
    """The counter, spoken to over HTTP."""

    client: Client
    api: TheApi

    def get(self, path: str) -> Any:
        """What is there."""
        return self.client.get(f"/v1/grand-hotel/staff{path}", headers=STAFF)

    def post(self, path: str, **body: Any) -> Any:
        """Do something."""
        return self.client.post(f"/v1/grand-hotel/staff{path}", headers=STAFF, json=body)

    def done(self, path: str, **body: Any) -> Mapping[str, Any]:
        """Do something that is not refused."""
        answer = self.post(path, **body)
        assert answer.status_code == 200, answer.text
        told: Mapping[str, Any] = answer.json()
        return told

    def books(self, nights: Mapping[str, str] = NIGHTS) -> str:
        """A stay of three nights; its confirmation number as a path."""
        body = {"service": "deluxe-king", "stay": nights, "customer": ADA}
        answer = self.post("/reservations", **body)
        assert answer.status_code == 201, answer.text
        return f"/reservations/{answer.json()['reservation']['code']}"

    def what_follows(self) -> None:
        """Let what was told be handled."""
        what_follows(self.api.engine, self.api.businesses["grand-hotel"].tenant)

    def it_is(self, when: str) -> None:
        """Set the clock."""
        self.api.businesses["grand-hotel"].it_is(when)


@pytest.fixture(scope="module")
def api() -> TheApi:
    return the_api()


@pytest.fixture
def counter(api: TheApi) -> Iterator[Counter]:
    api.starts_over()
    units = tuple(Unit(id=UnitId(named_id("unit", key)), key=key, name=key) for key in ("301", "302"))
    hotel = grand_hotel(2).changing("deluxe-king", units=units)
    hotel = hotel.under(no_show_after=timedelta(hours=12), no_show_fee=(("first_night", True),))
    hotel = hotel.priced("deluxe-king", nightly("DELUXE-KING", Money(18_900, "USD")))
    terms = DeskTerms(
        late_fees=(LateFee(14 * 60, Money(3_000, "USD")),),
        articles=(Article(code="MINIBAR", text="Minibar", price=Money(MINIBAR, "USD")),),
        loyalty=LoyaltyTerms(points_per_unit=1, point_value=Money(1, "USD")),
    )
    hotel = attrs.evolve(hotel, venue=attrs.evolve(hotel.venue, desk=terms))
    api.is_emptied()
    api.businesses["grand-hotel"] = api.engine.opens(hotel)
    with TestClient(api.app) as client:
        found = Counter(client, api)
        for key in ("301", "302"):
            found.done(f"/rooms/deluxe-king/{key}", status="clean")
        found.it_is("2026-03-02 15:00")
        yield found


def test_check_in_charge_check_out_and_clean(counter: Counter) -> None:
    stay = counter.books()
    refusal(counter.post(f"{stay}/extras", article="MINIBAR"), 409, "NOT_CHECKED_IN")
    assert counter.done(f"{stay}/check-in")["rooms"] == ["301"]
    board = {room["room"]: (room["status"], room["guest"]) for room in counter.get("/rooms").json()["rooms"]}
    assert board == {"301": ("occupied", "Ada"), "302": ("clean", None)}
    folio = counter.done(f"{stay}/extras", article="MINIBAR")
    assert folio["bill"]["balance_minor"] == STAY + MINIBAR
    late = counter.done(f"{stay}/late-check-out", until="14:00")
    assert late["bill"]["balance_minor"] == STAY + MINIBAR + 3_000
    counter.it_is("2026-03-05 10:30")
    due = refusal(counter.post(f"{stay}/check-out", method="pm_card_visa_chargeDeclined"), 402, "BALANCE_DUE")
    assert due["retry_action"] == "UPDATE_PAYMENT"
    assert due["details"] == {"balance_minor": STAY + MINIBAR + 3_000, "currency": "USD"}
    gone = counter.done(f"{stay}/check-out", method="pm_card_visa")
    assert (gone["status"], gone["bill"]["balance_minor"]) == ("completed", 0)
    assert [item["code"] for item in gone["bill"]["items"]][-3:] == ["MINIBAR", "late-check-out", "payment"]
    counter.what_follows()
    (task,) = counter.get("/tasks").json()["tasks"]
    assert (task["room"], task["work"], task["state"]) == ("301", "cleaning", "open")
    counter.done(f"/tasks/{task['id']}", state="started")
    counter.done(f"/tasks/{task['id']}", state="done")
    assert {room["status"] for room in counter.get("/rooms").json()["rooms"]} == {"clean"}
    assert counter.get(f"{stay}/bill").json() == gone["bill"]


def test_what_is_wrong_at_the_counter_changes_nothing(counter: Counter) -> None:
    stay = counter.books()
    counter.done("/rooms/deluxe-king/301", status="needs_cleaning", note="a spill")
    refusal(counter.post(f"{stay}/check-in", rooms=["301"]), 409, "ROOM_NOT_ASSIGNABLE")
    refusal(counter.post(f"{stay}/check-in", rooms=["901"]), 422, "INVALID_INPUT")
    refusal(counter.post(f"{stay}/check-in", rooms=["301", "302"]), 422, "INVALID_INPUT")
    assert counter.get(stay).json()["reservation"]["status"] == "confirmed"
    refusal(counter.post("/rooms/deluxe-king/999", status="clean"), 404, "NOT_FOUND")
    assert fields(counter.post("/rooms/deluxe-king/301", status="occupied")) == ["status"]
    assert fields(counter.post(f"{stay}/check-in", room="301")) == ["room"]
    refusal(counter.post(f"{stay}/extras", article="WINE"), 404, "NOT_FOUND")
    assert counter.done(f"{stay}/check-in")["rooms"] == ["302"]


def test_the_list_of_the_day_names_a_room_for_each_who_comes(counter: Counter) -> None:
    stay = counter.books()
    (arrival,) = counter.get("/arrivals").json()["arrivals"]
    proposed = {"number": 0, "room": "301", "status": "clean", "locked": False}
    assert (arrival["guest"], arrival["places"], arrival["rooms"]) == ("Ada", 1, [proposed])
    counter.done(f"{stay}/room-lock", room="302")
    (arrival,) = counter.get("/arrivals?date=2026-03-02").json()["arrivals"]
    assert arrival["rooms"] == [{"number": 0, "room": "302", "status": "clean", "locked": True}]
    counter.done(f"{stay}/room-lock", room=None)
    assert counter.get("/arrivals?date=2026-03-03").json() == {"arrivals": []}
    for day in ("tomorrow", "9999-12-31", "0001-01-01"):
        assert fields(counter.get(f"/arrivals?date={day}")) == ["date"]
    counter.done(f"{stay}/check-in")
    assert counter.get("/arrivals").json() == {"arrivals": []}


def test_a_promised_room_a_change_of_rooms_cash_and_a_mistake(counter: Counter) -> None:
    stay = counter.books()
    counter.done(f"{stay}/room-lock", room="302")
    assert counter.done(f"{stay}/check-in")["rooms"] == ["302"]
    moved = counter.done(f"{stay}/room-change", old="302", new="301")["rooms"]
    assert [(room["room"], room["status"]) for room in moved] == [
        ("301", "occupied"),
        ("302", "needs_cleaning"),
    ]
    (group,) = counter.done(f"{stay}/extras", article="MINIBAR", quantity=2)["extras"]
    folio = counter.done(f"{stay}/extras/{group}/take-back", reason="was not theirs")
    assert folio["bill"]["balance_minor"] == STAY
    refusal(counter.post(f"{stay}/cash", amount_minor=STAY + 1), 422, "INVALID_INPUT")
    assert counter.done(f"{stay}/cash", amount_minor=STAY)["bill"]["balance_minor"] == 0
    counter.it_is("2026-03-05 10:30")
    assert counter.done(f"{stay}/check-out")["status"] == "completed"


def test_who_cannot_pay_may_leave_owing_and_a_bill_can_be_reopened(counter: Counter) -> None:
    stay = counter.books()
    counter.done(f"{stay}/check-in")
    counter.it_is("2026-03-05 10:30")
    refusal(counter.post(f"{stay}/check-out", method="pm_card_visa_chargeDeclined"), 402, "BALANCE_DUE")
    refusal(counter.post(f"{stay}/extras", article="MINIBAR"), 409, "FOLIO_FROZEN")
    answer = counter.client.post(f"/v1/grand-hotel/staff{stay}/reopen-bill", headers=STAFF)
    assert answer.status_code == 200, answer.text
    counter.done(f"{stay}/extras", article="MINIBAR")
    gone = counter.done(f"{stay}/check-out", accept_balance_due=True)
    assert gone["bill"]["balance_minor"] == STAY + MINIBAR


def test_points_and_guests_are_asked_for_by_staff(counter: Counter) -> None:
    refusal(counter.get("/guests/ada@example.org"), 404, "NOT_FOUND")
    stay = counter.books()
    refusal(counter.post(f"{stay}/points"), 422, "INVALID_INPUT")
    refusal(counter.post(f"{stay}/points", points=5), 409, "NOT_ENOUGH_POINTS")
    refusal(counter.post(f"{stay}/waive-no-show-fee", reason="none"), 409, "INVALID_TRANSITION")


def test_a_stay_is_remembered_and_its_points_pay_for_another(counter: Counter) -> None:
    stay = counter.books()
    counter.done(f"{stay}/check-in")
    counter.done(f"{stay}/cash", amount_minor=STAY)
    counter.it_is("2026-03-05 10:30")
    counter.done(f"{stay}/check-out")
    counter.what_follows()
    guest = counter.get("/guests/ada@example.org").json()
    (visit,) = guest["visits"]
    assert (visit["kind"], visit["nights"], visit["rooms"], visit["spent_minor"]) == (
        "stayed",
        3,
        ["301"],
        STAY,
    )
    assert guest["points"] == STAY // 100
    again = counter.books({"check_in": "2026-04-01", "check_out": "2026-04-02"})
    assert counter.done(f"{again}/points", points=500)["bill"]["balance_minor"] == 18_900 - 500
    refusal(counter.post(f"{again}/points", points=1), 409, "ALREADY_MOVED")
    counter.done(f"{again}/cancel")
    counter.what_follows()
    assert counter.get("/guests/ada@example.org").json()["points"] == STAY // 100


def test_who_did_not_come_owes_a_fee_that_can_be_waived_and_may_come_after_all(counter: Counter) -> None:
    stay = counter.books()
    counter.it_is("2026-03-03 03:00")
    assert counter.api.businesses["grand-hotel"].time_passes() == 1
    assert counter.get(f"{stay}/bill").json()["balance_minor"] == 18_900
    assert (
        counter.done(f"{stay}/waive-no-show-fee", reason="the airport was closed")["bill"]["balance_minor"]
        == 0
    )
    refusal(counter.post(f"{stay}/check-in"), 409, "INVALID_TRANSITION")
    assert counter.done(f"{stay}/check-in", corrects_no_show=True)["rooms"] == ["301"]
    assert counter.get(f"{stay}/bill").json()["balance_minor"] == STAY


def test_nights_given_up_are_waived_over_the_counter(counter: Counter) -> None:
    stay = counter.books()
    counter.done(f"{stay}/check-in")
    counter.it_is("2026-03-03 09:00")
    counter.done(f"{stay}/cash", amount_minor=18_900)
    gone = counter.done(f"{stay}/check-out", waiver="a death in the family")
    assert (gone["status"], gone["bill"]["charges_minor"], gone["bill"]["balance_minor"]) == (
        "completed",
        18_900,
        0,
    )
