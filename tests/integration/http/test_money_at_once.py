"""Fifty at the same moment, over HTTP and at Stripe: money moves in order and once (security requirement 7)."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx

from booking_adapters.http import StaffDoor, create_app
from booking_adapters.testing.builders import grand_hotel
from booking_adapters.testing.contracts.crowd import all_at_once as all_do
from booking_adapters.testing.contracts.scene import Storage
from tests.integration.http.paying import HOTEL, VISA, PaidHotel, paid_hotel
from tests.integration.http.serving import A_MINUTE, all_at_once, served
from tests.integration.http.wiring import STAFF, TOKEN

CROWD = 50
PRICE = 66_414


def of_the_crowd(hotel: PaidHotel, where: str, *, headers: Mapping[str, str], **body: Any) -> Counter[str]:
    """What fifty read who send the same to a real server at once: the code of the refusal, or its absence."""
    app = create_app(hotel.deployment.engine, door=StaffDoor(TOKEN), desk=hotel.deployment.desk)
    limits = httpx.Limits(max_connections=CROWD)
    with served(app) as address, httpx.Client(base_url=address, timeout=A_MINUTE, limits=limits) as client:
        asked = [client.build_request("POST", where, json=body, headers=headers) for _ in range(CROWD)]
        answers = all_at_once(client, asked)
    return Counter("done" if answer.is_success else answer.json()["code"] for answer in answers)


def test_fifty_times_at_once_nobody_confirms_pays_captures_or_gives_back_too_much(store: Storage) -> None:
    with paid_hotel(store) as hotel:
        pending = hotel.booked("")
        code = pending["code"]
        confirm = f"{HOTEL}/staff/reservations/{code}/confirm"
        assert of_the_crowd(hotel, confirm, headers=STAFF) == {"PAYMENT_REQUIRED": CROWD}

        paid = of_the_crowd(hotel, f"{HOTEL}/reservations/{code}/payments", headers={}, method=VISA)
        assert paid["done"] == 1
        assert paid.keys() <= {"done", "PAYMENT_UNDER_WAY", "NOTHING_TO_PAY", "BUSY"}

        all_do(*[hotel.works] * CROWD)
        assert (hotel.sums(pending), hotel.at_stripe()) == ((PRICE, PRICE, 0), (PRICE, 0))

        refund = {"amount": {"amount_minor": PRICE, "currency": "USD"}, "reason": "the lift"}
        given = of_the_crowd(hotel, f"{HOTEL}/staff/reservations/{code}/refunds", headers=STAFF, **refund)
        assert given["done"] == 1
        assert given.keys() <= {"done", "REFUND_ABOVE_PAID", "INVALID_INPUT", "BUSY"}
        assert (hotel.sums(pending), hotel.at_stripe()) == ((0, PRICE, PRICE), (PRICE, PRICE))


def test_fifty_times_at_once_nobody_pays_for_the_reservation_of_another_business(store: Storage) -> None:
    other = grand_hotel(rooms=1).called("another-hotel")
    with paid_hotel(store) as hotel:
        with store(other.tenant.id) as tx:
            tx.catalogs.save(other.catalog, hotel.clock.now())
        pending = hotel.booked("")
        where = f"/v1/another-hotel/reservations/{pending['code']}/payments"
        assert of_the_crowd(hotel, where, headers={}, method=VISA) == {"NOT_FOUND": CROWD}
        assert (hotel.money(pending)["payments"], hotel.at_stripe()) == ([], (0, 0))
