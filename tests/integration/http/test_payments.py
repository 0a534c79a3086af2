"""The Grand Hotel's guests pay: SCENARIOS 1 with payment, over HTTP, through Stripe's SDK, on every storage."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from booking_adapters.testing.contracts.scene import Storage
from tests.integration.http.asking import fields, refusal
from tests.integration.http.paying import (
    DECLINED,
    HOTEL,
    NIGHTS,
    SECURE,
    VISA,
    PaidHotel,
    an_event,
    paid_hotel,
)
from tests.integration.http.test_prices import CHECK_IN

PRICE, LONGER = 66_414, 87_192
TOLERANCE = timedelta(seconds=300)


@pytest.fixture
def hotel(store: Storage) -> Iterator[PaidHotel]:
    with paid_hotel(store) as opened:
        yield opened


def test_a_booking_is_confirmed_once_it_is_paid(hotel: PaidHotel) -> None:
    booked = hotel.booked()
    assert (booked["status"], booked["action"]) == ("confirmed", None)
    assert booked["code"].startswith("GH-NYC-")
    assert hotel.sums(booked) == (PRICE, PRICE, 0)
    assert hotel.at_stripe() == (PRICE, 0)
    (payment,) = hotel.money(booked)["payments"]
    assert (payment["state"], payment["purpose"], payment["action"]) == ("captured", "booking", None)


def test_a_night_more_charges_the_difference_and_calling_off_in_time_gives_all_back(hotel: PaidHotel) -> None:
    booked = hotel.booked()
    hotel.works()
    longer = {**NIGHTS, "check_out": "2024-03-19"}
    moved = hotel.client.post(f"{HOTEL}/reservations/{booked['code']}/reschedule", json={"stay": longer})
    assert moved.status_code == 200, moved.text
    assert hotel.sums(booked) == (LONGER, LONGER, 0)
    assert LONGER - PRICE == 20_778
    hotel.clock.set(CHECK_IN - timedelta(hours=36))
    ended = hotel.client.post(f"{HOTEL}/reservations/{booked['code']}/cancel", json={}).json()
    assert (ended["status"], ended["cost"]["refund"]["amount_minor"]) == ("cancelled", LONGER)
    assert (ended["cost"]["penalty"]["amount_minor"], ended["cost"]["refund_status"]) == (0, "due")
    assert hotel.sums(booked) == (0, LONGER, LONGER)
    assert hotel.at_stripe() == (LONGER, LONGER)


def test_a_night_less_gives_the_difference_back(hotel: PaidHotel) -> None:
    booked = hotel.booked()
    hotel.works()
    shorter = {**NIGHTS, "check_out": "2024-03-17"}
    hotel.client.post(f"{HOTEL}/reservations/{booked['code']}/reschedule", json={"stay": shorter})
    charged, received, refunded = hotel.sums(booked)
    assert (received, charged) == (PRICE, received - refunded)
    assert hotel.at_stripe() == (received, refunded)
    assert refunded == 21_798


def test_calling_off_late_keeps_the_whole_price(hotel: PaidHotel) -> None:
    booked = hotel.booked()
    hotel.works()
    hotel.clock.set(CHECK_IN - timedelta(hours=12))
    hotel.client.post(f"{HOTEL}/reservations/{booked['code']}/cancel", json={})
    assert hotel.sums(booked) == (PRICE, PRICE, 0)
    assert hotel.left() == 5


def test_staff_may_waive_the_penalty_with_a_reason(hotel: PaidHotel) -> None:
    booked = hotel.booked()
    hotel.works()
    hotel.clock.set(CHECK_IN - timedelta(hours=12))
    assert fields(hotel.staff(booked, "cancel", waives_penalty=True)) == ["reason"]
    assert fields(
        hotel.client.post(
            f"{HOTEL}/reservations/{booked['code']}/cancel", json={"reason": "ill", "waives_penalty": True}
        )
    ) == ["waives_penalty"]
    ended = hotel.staff(booked, "cancel", waives_penalty=True, reason="the airport was closed")
    assert ended.status_code == 200, ended.text
    assert "the airport was closed" in " ".join(ended.json()["notes"])
    assert hotel.sums(booked) == (0, PRICE, PRICE)


def test_a_declined_card_releases_everything(hotel: PaidHotel) -> None:
    problem = refusal(hotel.book(DECLINED), 402, "PAYMENT_FAILED")
    assert (problem["retryable"], problem["retry_action"]) == (True, "UPDATE_PAYMENT")
    assert hotel.left() == 5
    assert hotel.at_stripe() == (0, 0)
    assert hotel.booked()["status"] == "confirmed"


def test_a_move_whose_payment_fails_changes_nothing(hotel: PaidHotel) -> None:
    booked = hotel.booked()
    hotel.works()
    longer = {"stay": {**NIGHTS, "check_out": "2024-03-19"}, "method": DECLINED}
    answer = hotel.client.post(f"{HOTEL}/reservations/{booked['code']}/reschedule", json=longer)
    refusal(answer, 402, "PAYMENT_FAILED")
    shown = hotel.client.get(f"{HOTEL}/reservations/{booked['code']}").json()
    assert shown["stay"] == NIGHTS
    assert hotel.sums(booked) == (PRICE, PRICE, 0)


def test_a_payer_who_must_be_asked_is_asked_and_then_confirmed(hotel: PaidHotel) -> None:
    booked = hotel.booked(SECURE)
    assert booked["status"] == "pending"
    secret = booked["action"]["client_secret"]
    assert hotel.left() == 4
    assert secret not in hotel.client.get(f"{HOTEL}/reservations/{booked['code']}/payments").text
    hotel.server.authenticate(secret.partition("_secret")[0])
    resumed = hotel.client.post(f"{HOTEL}/reservations/{booked['code']}/payments/resume", json={})
    assert (resumed.status_code, resumed.json()["status"]) == (200, "confirmed")
    assert hotel.sums(booked) == (PRICE, PRICE, 0)


def test_a_dearer_move_waits_for_the_payer_and_says_what_to_do(hotel: PaidHotel) -> None:
    booked = hotel.booked()
    hotel.works()
    address = f"{HOTEL}/reservations/{booked['code']}"
    longer = {"stay": {**NIGHTS, "check_out": "2024-03-19"}, "method": SECURE}
    moved = hotel.client.post(f"{address}/reschedule", json=longer).json()
    assert (moved["waits_for_payment"], moved["stay"]) == (True, NIGHTS)
    hotel.server.authenticate(moved["action"]["client_secret"].partition("_secret")[0])
    hotel.client.post(f"{address}/payments/resume", json={})
    assert hotel.client.get(address).json()["stay"] == longer["stay"]
    assert hotel.sums(booked) == (LONGER, LONGER, 0)


def test_a_payer_who_does_not_pass_is_told_and_the_room_is_free(hotel: PaidHotel) -> None:
    booked = hotel.booked(SECURE)
    hotel.server.authenticate(booked["action"]["client_secret"].partition("_secret")[0], succeed=False)
    resumed = hotel.client.post(f"{HOTEL}/reservations/{booked['code']}/payments/resume", json={})
    refusal(resumed, 402, "PAYMENT_FAILED")
    assert hotel.left() == 5


def test_what_was_booked_without_a_card_waits_and_is_paid_later(hotel: PaidHotel) -> None:
    booked = hotel.booked("")
    assert booked["status"] == "pending"
    address = f"{HOTEL}/reservations/{booked['code']}/payments"
    assert fields(hotel.client.post(address, json={})) == ["method"]
    paid = hotel.client.post(address, json={"method": VISA})
    assert (paid.status_code, paid.json()["status"]) == (201, "confirmed")
    assert hotel.sums(booked) == (PRICE, PRICE, 0)
    refusal(hotel.client.post(address, json={"method": VISA}), 409, "NOTHING_TO_PAY")


def test_staff_give_back_with_a_reason_and_never_more_than_was_paid(hotel: PaidHotel) -> None:
    booked = hotel.booked()
    hotel.works()
    amount = {"amount_minor": 5_000, "currency": "USD"}
    above = {**amount, "amount_minor": PRICE + 1}
    refusal(hotel.staff(booked, "refunds", amount=above, reason="all of it"), 409, "REFUND_ABOVE_PAID")
    assert fields(hotel.staff(booked, "refunds", amount=amount)) == ["reason"]
    assert fields(hotel.staff(booked, "refunds", amount={**amount, "amount_minor": 0.5}, reason="x")) == [
        "amount.amount_minor"
    ]
    assert hotel.sums(booked) == (PRICE, PRICE, 0)
    assert hotel.staff(booked, "refunds", amount=amount, reason="no hot water").status_code == 201
    assert hotel.sums(booked) == (PRICE - 5_000, PRICE, 5_000)
    assert hotel.at_stripe() == (PRICE, 5_000)


def test_guests_cannot_give_money_back(hotel: PaidHotel) -> None:
    booked = hotel.booked()
    body = {"amount": {"amount_minor": 1, "currency": "USD"}, "reason": "please"}
    address = f"{HOTEL}/staff/reservations/{booked['code']}/refunds"
    refusal(hotel.client.post(address, json=body), 401, "NOT_AUTHENTICATED")


def test_what_stripe_tells_is_taken_down_once_and_looked_up(hotel: PaidHotel) -> None:
    """The bank's page was passed, the browser closed: only the webhook tells."""
    booked = hotel.booked(SECURE)
    payment = booked["action"]["client_secret"].partition("_secret")[0]
    hotel.server.authenticate(payment)
    told = an_event(payment, hotel.clock.now())
    for _ in range(3):
        assert hotel.told(told).status_code == 200
    assert hotel.sums(booked) == (PRICE, PRICE, 0)
    shown = hotel.client.get(f"{HOTEL}/reservations/{booked['code']}").json()
    assert shown["status"] == "confirmed"
    assert hotel.told(told).status_code == 200
    assert hotel.sums(booked) == (PRICE, PRICE, 0)
    assert hotel.at_stripe() == (PRICE, 0)


def test_webhooks_that_stripe_did_not_sign_just_now_are_refused(hotel: PaidHotel) -> None:
    now = hotel.clock.now()
    told = an_event("pi_1", now)
    refusal(hotel.told(told, secret="whsec_guessed"), 400, "WEBHOOK_REFUSED")
    for offset in (-TOLERANCE - timedelta(seconds=1), TOLERANCE + timedelta(seconds=1)):
        refusal(hotel.told(told, at=now + offset), 400, "WEBHOOK_REFUSED")
    real = told.replace(b'"livemode": false', b'"livemode": true')
    refusal(hotel.told(real), 400, "WEBHOOK_REFUSED")
    refusal(hotel.client.post(f"{HOTEL}/webhooks/stripe", content=told), 400, "WEBHOOK_REFUSED")
    with hotel.deployment.engine.tenants.reading(hotel.tenant) as tx:  # type: ignore[attr-defined]
        assert not tx.provider_events.unhandled(10)
    for offset in (-TOLERANCE, TOLERANCE):
        assert hotel.told(told, at=now + offset).status_code == 200


def test_a_card_is_saved_and_pays_when_the_guest_is_away(hotel: PaidHotel) -> None:
    headers = {"Booking-Session": "s-1", "Idempotency-Key": "k-1"}
    begun = hotel.client.post(f"{HOTEL}/cards", headers=headers)
    assert (begun.status_code, begun.json()["state"]) == (201, "requires_action")
    reference, secret = begun.json()["reference"], begun.json()["client_secret"]
    assert hotel.client.post(f"{HOTEL}/cards", headers=headers).json()["reference"] == reference
    assert secret
    hotel.stripe.v1.setup_intents.confirm(reference, {"payment_method": VISA})
    saved = hotel.client.get(f"{HOTEL}/cards/{reference}").json()
    assert (saved["state"], saved["client_secret"]) == ("saved", None)
    assert hotel.booked(saved["method"])["status"] == "confirmed"
    refusal(hotel.client.get(f"{HOTEL}/cards/seti_unknown"), 404, "NOT_FOUND")
    assert fields(hotel.client.post(f"{HOTEL}/cards")) == ["Booking-Session"]


def test_the_payment_page_knows_the_public_key_and_the_test_cards(hotel: PaidHotel) -> None:
    page = hotel.client.get(f"{HOTEL}/payment-page").json()
    assert (page["provider"], page["publishable_key"]) == ("stripe", "pk_test_hotel")
    assert {each["method"] for each in page["test_cards"]} >= {VISA, DECLINED, SECURE}
    assert hotel.server.api_key not in str(page)
