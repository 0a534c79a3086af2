"""Prices over HTTP: the Grand Hotel to the cent, kept quotes, changed prices, what calling off costs, free periods."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from httpx import Response

from booking_adapters.testing.engine import OpenBusiness
from booking_core.domain.pricing import Promotion, RatePlan, Tariff
from booking_core.domain.reservations.cancellation import CancellationPolicy
from tests.integration.http.asking import Client, booked, fields, refusal
from tests.integration.http.wiring import TheApi
from tests.unit.pricing.builders import deluxe_king, percent

HOTEL = "/v1/grand-hotel"
NIGHTS = {"check_in": "2024-03-15", "check_out": "2024-03-18"}
CHECK_IN = datetime(2024, 3, 15, 19, tzinfo=UTC)
TOTALS = {
    "currency": "USD",
    "subtotal_minor": 60_700,
    "discounts_minor": -6_070,
    "fees_minor": 4_500,
    "taxes_minor": 7_284,
    "penalties_minor": 0,
    "included_minor": 0,
    "total_minor": 66_414,
}


def sold_under(**changes: Any) -> Tariff:
    stepped = CancellationPolicy.stepped(
        "Flexible 24-Hour",
        free_cancellation_hours=24,
        partial_refund_hours=24,
        partial_refund_percent=percent("0"),
        no_refund_hours=2,
    )
    once = Promotion(code="ONCE", discount=percent("50"), uses=1, stackable=True)
    return attrs.evolve(deluxe_king(), policy=stepped, promotions=(once,), **changes)


@pytest.fixture
def hotel(api: TheApi) -> OpenBusiness:
    api.engine.clock.set(datetime(2024, 3, 1, 12, tzinfo=UTC))
    hotel = api.businesses["grand-hotel"]
    hotel.becomes(hotel.business.priced("deluxe-king", sold_under()).revised())
    return hotel


def becomes_dearer(hotel: OpenBusiness) -> None:
    """The discount of AAA shrinks to 5 %."""
    plans = (RatePlan(code="AAA", discount=percent("5")),)
    hotel.becomes(hotel.business.priced("deluxe-king", sold_under(plans=plans)).revised())


def a_stay(**changes: Any) -> dict[str, Any]:
    stay = {"service": "deluxe-king", "stay": NIGHTS, "party": {"adults": 2}, "rate_plan": "AAA", **changes}
    return {name: value for name, value in stay.items() if value is not None}


def quoted(client: Client, **changes: Any) -> Mapping[str, Any]:
    answer = client.post(f"{HOTEL}/quotes", json=a_stay(**changes))
    assert answer.status_code == 201, answer.text
    found: Mapping[str, Any] = answer.json()
    return found


def book_stay(client: Client, **changes: Any) -> Any:
    return client.post(f"{HOTEL}/reservations", json=a_stay(customer={"name": "Ada"}, **changes))


def rooms_left(client: Client) -> int:
    left: int = client.get(f"{HOTEL}/stays", params=NIGHTS).json()["offers"][0]["left"]
    return left


@pytest.mark.usefixtures("hotel")
def test_a_search_shows_what_the_stay_costs_and_until_when_it_is_free_to_cancel(client: Client) -> None:
    found = client.get(f"{HOTEL}/stays", params={**NIGHTS, "adults": 2, "rate_plan": "AAA"}).json()
    (offer,) = found["offers"]
    assert (offer["left"], offer["totals"]) == (5, TOTALS)
    assert offer["price"] == {"amount_minor": 66_414, "currency": "USD"}
    assert offer["cancellation"]["name"] == "Flexible 24-Hour"
    assert offer["cancellation"]["text"] == "Free cancellation until March 14, 2024 3:00 PM"
    with_code: dict[str, Any] = {**NIGHTS, "adults": 2, "code": ["once"]}
    (cheaper,) = client.get(f"{HOTEL}/stays", params=with_code).json()["offers"]
    assert cheaper["totals"]["discounts_minor"] == -30_350


@pytest.mark.usefixtures("hotel")
def test_a_quote_lists_its_lines_its_terms_and_how_long_it_holds(client: Client) -> None:
    quote = quoted(client)
    price = quote["price"]
    assert (quote["service"], quote["resource"], price["totals"]) == ("deluxe-king", "deluxe-king", TOTALS)
    assert sum(line["amount_minor"] for line in price["lines"]) == 66_414
    first = price["lines"][0]
    assert (first["kind"], first["night"], first["amount_minor"]) == ("rate", "2024-03-15", 18_900)
    assert (quote["made_at"], quote["expires_at"]) == ("2024-03-01T12:00:00Z", "2024-03-01T12:30:00Z")
    assert len(price["fingerprint"]) == 64
    assert [(each["until"], each["percent"]) for each in price["cancellation"]["windows"]] == [
        ("2024-03-14T19:00:00Z", "0"),
        (None, "100"),
    ]
    assert quoted(client)["price"]["fingerprint"] == price["fingerprint"]


@pytest.mark.usefixtures("hotel")
def test_terms_are_told_in_the_language_that_the_guest_reads(client: Client) -> None:
    def terms(answer: Response) -> tuple[str, str, str]:
        told = answer.json()["price"]["cancellation"]
        return told["language"], told["text"], told["windows"][1]["text"]

    german = {"Accept-Language": "ja, de-CH;q=0.9, en;q=0.1"}
    quote = client.post(f"{HOTEL}/quotes", json=a_stay(), headers=german)
    deadline = "14. März 2024 um 15:00"
    assert terms(quote) == (
        "de",
        f"Kostenlose Stornierung bis {deadline}",
        f"Nach {deadline}: 100\u00a0% des Preises",
    )
    booked = book_stay(client, quote=quote.json()["id"]).json()
    address = f"{HOTEL}/reservations/{booked['code']}"
    shown = client.get(address, params={"language": "it"}, headers=german)
    assert terms(shown)[:2] == ("it", "Cancellazione gratuita fino al 14 marzo 2024 alle ore 15:00")
    found = client.get(f"{HOTEL}/stays", params={**NIGHTS, "language": "nl"}).json()["offers"]
    assert found[0]["cancellation"]["text"] == "Gratis annuleren tot 14 maart 2024 om 15:00"
    assert fields(client.get(address, params={"language": "tlh"})) == ["language"]


def test_a_quote_is_kept_when_prices_change(client: Client, hotel: OpenBusiness) -> None:
    quote = quoted(client)
    becomes_dearer(hotel)
    answer = book_stay(client, quote=quote["id"])
    assert answer.status_code == 201
    assert answer.json()["price"] == quote["price"]
    shown = client.get(f"{HOTEL}/reservations/{answer.json()['code']}").json()
    assert shown["price"]["totals"] == TOTALS


def test_a_price_that_changed_is_told_with_old_and_new(client: Client, hotel: OpenBusiness) -> None:
    quote = quoted(client)
    becomes_dearer(hotel)
    hotel.engine.clock.advance(timedelta(hours=1))
    problem = refusal(book_stay(client, quote=quote["id"]), 409, "PRICE_CHANGED")
    assert problem["details"] == {"currency": "USD", "shown_minor": 66_414, "now_minor": 69_449}
    assert (problem["retryable"], problem["retry_action"]) == (True, "CONFIRM_PRICE")
    seen = {"amount_minor": 66_414, "currency": "USD"}
    refusal(book_stay(client, displayed_total=seen), 409, "PRICE_CHANGED")
    agreed = book_stay(client, displayed_total={**seen, "amount_minor": 69_449})
    assert agreed.json()["price"]["totals"]["total_minor"] == 69_449


@pytest.mark.usefixtures("hotel")
def test_what_cannot_be_priced_is_refused_with_its_reason(client: Client) -> None:
    later = {"check_in": "2024-03-18", "check_out": "2024-03-20"}
    no_rate = refusal(client.post(f"{HOTEL}/quotes", json=a_stay(stay=later)), 409, "NO_RATE")
    assert no_rate["details"] == {"date": "2024-03-19"}
    unknown = client.post(f"{HOTEL}/quotes", json=a_stay(codes=["NONE"]))
    assert refusal(unknown, 409, "PROMOTION_REFUSED")["details"]["problem"] == "unknown"
    assert fields(client.post(f"{HOTEL}/quotes", json=a_stay(rate_plan="AARP"))) == ["rate_plan"]
    refusal(client.get(f"{HOTEL}/stays", params={**NIGHTS, "code": "NONE"}), 409, "PROMOTION_REFUSED")
    assert book_stay(client, codes=["ONCE"]).status_code == 201
    refusal(book_stay(client, codes=["once"]), 409, "PROMOTION_REFUSED")


def test_what_has_no_tariff_has_no_quote(client: Client) -> None:
    visit = {"service": "visit", "start": "2026-03-02T10:00:00+01:00"}
    refusal(client.post("/v1/clinic/quotes", json=visit), 409, "NOT_PRICED")
    assert booked(client)["price"] is None


@pytest.mark.usefixtures("hotel")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"displayed_total": {"amount_minor": 1, "currency": "usd"}}, "displayed_total.currency"),
        ({"displayed_total": {"amount_minor": "1", "currency": "USD"}}, "displayed_total.amount_minor"),
        ({"displayed_total": {"amount_minor": 1, "currency": "XXX"}}, "displayed_total.currency"),
        ({"displayed_total": {"amount_minor": 66414.5, "currency": "USD"}}, "displayed_total.amount_minor"),
        ({"displayed_total": {"amount_minor": -1, "currency": "USD"}}, "displayed_total.amount_minor"),
        ({"displayed_total": {"amount_minor": 10**30, "currency": "USD"}}, "displayed_total.amount_minor"),
        ({"displayed_total": 664.14}, "displayed_total"),
        ({"quote": "12"}, "quote"),
        ({"price": 1}, "price"),
        ({"codes": ["A"] * 11}, "codes"),
    ],
)
def test_prices_are_not_taken_from_clients_and_totals_are_read_strictly(
    client: Client, changes: dict[str, Any], field: str
) -> None:
    assert fields(book_stay(client, **changes)) == [field]
    assert rooms_left(client) == 5


@pytest.mark.usefixtures("hotel")
def test_a_total_in_another_currency_is_no_total_of_this_hotel(client: Client) -> None:
    euros = {"amount_minor": 66_414, "currency": "EUR"}
    problem = refusal(book_stay(client, displayed_total=euros), 409, "CURRENCY_MISMATCH")
    assert problem["details"] == {"expected": "USD", "found": "EUR"}
    assert rooms_left(client) == 5


@pytest.mark.parametrize(
    ("before", "penalty", "status"),
    [(36, 0, "not_applicable"), (24, 0, "not_applicable"), (12, 66_414, "not_applicable")],
)
@pytest.mark.usefixtures("hotel")
def test_what_calling_off_would_cost_is_told_without_calling_off(
    client: Client, before: int, penalty: int, status: str
) -> None:
    where = f"{HOTEL}/reservations/{book_stay(client).json()['code']}"
    at = (CHECK_IN - timedelta(hours=before)).isoformat().replace("+00:00", "Z")
    told = client.get(f"{where}/cancellation", params={"at": at}).json()
    assert (told["at"], told["may_cancel"]) == (at, True)
    amounts = [told["cost"][name]["amount_minor"] for name in ("penalty", "refund", "outstanding")]
    assert amounts == [penalty, 0, penalty], "nothing was paid, so nothing goes back"
    assert told["cost"]["refund_status"] == status
    assert client.get(where).json()["status"] == "confirmed"


def test_too_late_to_call_off_online_is_a_problem_of_its_own(client: Client, hotel: OpenBusiness) -> None:
    where = f"{HOTEL}/reservations/{book_stay(client).json()['code']}"
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=1))
    assert not client.get(f"{where}/cancellation").json()["may_cancel"]
    problem = refusal(client.post(f"{where}/cancel", json={}), 409, "CANCELLATION_CLOSED")
    assert problem["retry_action"] == "CONTACT_STAFF"


def test_a_booking_without_a_price_costs_nothing_that_is_known(client: Client) -> None:
    told = client.get(f"/v1/clinic/reservations/{booked(client)['code']}/cancellation").json()
    assert (told["may_cancel"], told["cost"]) == (True, None)


def test_free_periods_of_a_car_end_where_it_is_rented(client: Client, api: TheApi) -> None:
    api.businesses["car-rental"].book("car", "2026-03-03 10:00/2026-03-04 10:00", by=["fiat"])
    window = {"start": "2026-03-03T00:00:00Z", "end": "2026-03-05T00:00:00Z"}
    where = "/v1/car-rental/services/car/free-periods"
    found = client.get(where, params=window).json()
    assert (found["service"], found["zone"], found["has_more"]) == ("car", "Europe/Berlin", False)
    periods = {each["resource"]: each["periods"] for each in found["resources"]}
    assert periods.keys() == {"fiat", "volvo"}
    rented = ("2026-03-03T09:00:00Z", "2026-03-04T09:00:00Z")
    assert all(each["end"] <= rented[0] or each["start"] >= rented[1] for each in periods["fiat"])
    assert periods["fiat"] != periods["volvo"]
    only = client.get(where, params={**window, "resource": "volvo"}).json()
    assert [each["resource"] for each in only["resources"]] == ["volvo"]
    assert fields(client.get("/v1/clinic/services/visit/free-periods", params=window)) == ["service"]
