"""Whether a price that a customer saw still stands when they book."""

from datetime import datetime
from typing import ClassVar

from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing.quote import Quote


class PriceChanged(BookingError):
    """The price shown and the price now differ by more than the tenant tolerates; the customer must agree."""

    code: ClassVar[str] = "PRICE_CHANGED"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "CONFIRM_PRICE"

    def __init__(self, shown: Money, now: Money) -> None:
        super().__init__(
            f"the price changed from {shown} to {now}",
            currency=now.currency,
            shown_minor=shown.amount_minor,
            now_minor=now.amount_minor,
        )


def check_displayed(displayed: Money, now: Money, *, threshold: Money) -> None:
    """Raise PriceChanged if a displayed total is off by more than the threshold, either way."""
    if abs(now - displayed) > threshold:
        raise PriceChanged(displayed, now)


def honour(shown: Quote, now: Quote, at: datetime, *, threshold: Money) -> Quote:
    """The quote to book with, given the one the customer holds and the one made now.

    The customer's stands until it expires, as long as it is for the same request. After that the cheaper of
    the two is taken while they differ by no more than the threshold, so nobody pays more than they saw;
    beyond it the customer must confirm (PriceChanged).
    """
    if shown.request == now.request and not shown.is_expired(at):
        return shown
    check_displayed(shown.total, now.total, threshold=threshold)
    return now if now.total <= shown.total or shown.request != now.request else shown
