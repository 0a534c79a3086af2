"""Extras: what a guest takes during a stay (the minibar, a late check-out), and the taxes on it."""

from datetime import datetime, timedelta

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period
from booking_core.domain.pricing.lines import Amounts, Line
from booking_core.domain.pricing.request import LARGEST_QUANTITY, PriceRequest
from booking_core.domain.pricing.taxes import Fixed, Levied, Levy, Per, check_levies

LONGEST_TEXT = 200
_MOMENT = timedelta(seconds=1)


@attrs.frozen(kw_only=True)
class Extra:
    """So many of something at a price each, and the levies on it.

    Levies are percentages, or fixed per charge (`Per.BOOKING`) or per piece (`Per.UNIT`); an extra has no
    nights and no persons. Raises InvalidInput.
    """

    code: str
    text: str
    price: Money
    quantity: int = 1
    levies: tuple[Levy, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse charges that pay the guest, nameless ones, and levies that do not fit."""
        for field, text in (("code", self.code), ("text", self.text)):
            if not 0 < len(text) <= LONGEST_TEXT or not text.isprintable():
                raise InvalidInput(field, f"must be 1…{LONGEST_TEXT} visible characters", text)
        if not self.price > Money.zero(self.price.currency):
            raise InvalidInput("price", "must be more than nothing", str(self.price))
        if type(self.quantity) is not int or not 1 <= self.quantity <= LARGEST_QUANTITY:
            raise InvalidInput("quantity", f"must be 1…{LARGEST_QUANTITY}", self.quantity)
        check_levies(self.levies)
        for levy in self.levies:
            if isinstance(levy.charge, Fixed) and levy.charge.per not in {Per.BOOKING, Per.UNIT}:
                raise InvalidInput("levies", "an extra has no nights and no persons", levy.code)

    @property
    def amount(self) -> Money:
        """The price of all pieces, before levies that come on top."""
        return self.price.times(self.quantity)

    def levy_lines(self, at: datetime) -> tuple[Line, ...]:
        """The fees and taxes on it, as pricing computes them."""
        at = at.replace(microsecond=0)
        whole: Amounts = {None: self.amount}
        return Levied(
            request=PriceRequest(span=Period(at, at + _MOMENT), begins_on=at.date(), quantity=self.quantity),
            nights=(),
            before_discount=whole,
            after_discount=whole,
            currency=self.price.currency,
        ).lines(self.levies)
