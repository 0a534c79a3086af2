"""A stay at the Grand Hotel in any status, and its folio."""

from datetime import UTC, date, datetime
from uuid import UUID

from booking_core.domain.catalog.policy import Policy, Trade
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId, ResourceId, ServiceId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing import PriceRequest, Quote, price
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import Claim, Reservation, Status, Step
from tests.unit.pricing.builders import deluxe_king

BOOKED_AT = datetime(2024, 3, 1, 12, tzinfo=UTC)
CHECK_IN = datetime(2024, 3, 15, 19, tzinfo=UTC)
CHECK_OUT = datetime(2024, 3, 18, 15, tzinfo=UTC)
STAY = Stay.between(date(2024, 3, 15), date(2024, 3, 18))
RESERVATION = ClaimId(UUID(int=1))
DELUXE_KING = ResourceId(UUID(int=2))


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def payment(number: int = 1) -> PaymentId:
    return PaymentId(UUID(int=100 + number))


def intent(number: int = 1) -> IntentId:
    return IntentId(UUID(int=1000 + number))


def reservation(status: Status = Status.CHECKED_IN, rooms: int = 1) -> Reservation:
    period = Period(CHECK_IN, CHECK_OUT)
    return Reservation(
        id=RESERVATION,
        code="GH-NYC-00000001",
        service=ServiceId(UUID(int=3)),
        status=status,
        period=period,
        stay=STAY,
        quantity=rooms,
        party=Party(adults=2),
        customer=Customer(name="Ada"),
        assigned=(("room", DELUXE_KING),),
        claims=(Claim(DELUXE_KING, period, rooms),),
        allocations=(),
        policy=Policy(key="flexible", trade=Trade.STAY),
        history=(Step(status, BOOKED_AT),),
    )


def quote(first: int = 15, last: int = 18) -> Quote:
    stay = Stay.between(date(2024, 3, first), date(2024, 3, last))
    return price(PriceRequest.for_stay(stay, adults=2, rate_plan="AAA"), deluxe_king(), BOOKED_AT)


def folio(first: int = 15, last: int = 18) -> Folio:
    return Folio.open(RESERVATION, quote(first, last).lines, "USD", BOOKED_AT).state
