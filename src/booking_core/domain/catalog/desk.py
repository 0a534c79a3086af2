"""The terms of a front desk: what staying late costs, what is sold over the counter, and what points are worth."""

from collections.abc import Iterator

import attrs

from booking_core.domain.catalog.schedule import DAY_MINUTES
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.money import CurrencyMismatch, Money, Percentage
from booking_core.domain.pricing.taxes import Fixed, Levy

MOST_POINTS = 10**12
MOST_ARTICLES = 1_000
MOST_LATE_FEES = 50
LONGEST_NAME = 200


@attrs.frozen
class LateFee:
    """What staying until a time of the day of departure costs: an amount or a percentage of a night, and its levies."""

    until: int
    """Minutes since local midnight."""
    fee: Money | Percentage
    levies: tuple[Levy, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse times of another day and fees that pay the guest."""
        if not 0 <= self.until <= DAY_MINUTES:
            raise InvalidInput("until", f"must be 0…{DAY_MINUTES} minutes", self.until)
        if isinstance(self.fee, Money) and self.fee.is_negative:
            raise InvalidInput("fee", "must not be negative", str(self.fee))


@attrs.frozen(kw_only=True)
class LoyaltyTerms:
    """Points for each whole unit of the currency spent, and what one point is worth when it is redeemed."""

    points_per_unit: int
    point_value: Money

    def __attrs_post_init__(self) -> None:
        """Refuse terms that cost the guest points, and points that are worth nothing."""
        if not 0 <= self.points_per_unit <= MOST_POINTS:
            raise InvalidInput("points_per_unit", f"must be 0…{MOST_POINTS}", self.points_per_unit)
        if not self.point_value > Money.zero(self.point_value.currency):
            raise InvalidInput("point_value", "must be more than nothing", str(self.point_value))

    def points_for(self, spent: Money) -> int:
        """Points for an amount spent, whole units only (189.90 counts as 189); none for nothing or less."""
        self._check_currency(spent)
        unit = Money.of("1", spent.currency).amount_minor
        return max(spent.amount_minor, 0) // unit * self.points_per_unit

    def value_of(self, points: int) -> Money:
        """What points take off a price."""
        return self.point_value.times(points)

    def points_to_pay(self, price: Money) -> int:
        """The most points that are not worth more than a price."""
        self._check_currency(price)
        return max(price.amount_minor, 0) // self.point_value.amount_minor

    def _check_currency(self, amount: Money) -> None:
        if amount.currency != self.point_value.currency:
            raise CurrencyMismatch(self.point_value.currency, amount.currency)


@attrs.frozen(kw_only=True)
class Article:
    """Something sold over the counter or from the minibar: its price for one, and the levies on it."""

    code: str
    text: str
    price: Money
    levies: tuple[Levy, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse articles that cost nothing or cannot be named."""
        for field, text in (("code", self.code), ("text", self.text)):
            if not 0 < len(text) <= LONGEST_NAME or not text.isprintable():
                raise InvalidInput(field, f"must be 1…{LONGEST_NAME} visible characters", text)
        if not self.price > Money.zero(self.price.currency):
            raise InvalidInput("price", "must be more than nothing", str(self.price))


@attrs.frozen(kw_only=True)
class DeskTerms:
    """How a venue's front desk works.

    With `inspected_only` rooms are given to guests when they were inspected, not when they are merely clean.
    `late_fees` are empty where nobody can stay longer; `loyalty` is None where no points are given.
    """

    inspected_only: bool = False
    late_fees: tuple[LateFee, ...] = ()
    articles: tuple[Article, ...] = ()
    loyalty: LoyaltyTerms | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse boundless lists and two articles of one code."""
        if len(self.late_fees) > MOST_LATE_FEES:
            raise InvalidInput("late_fees", f"must be at most {MOST_LATE_FEES}", len(self.late_fees))
        codes = {article.code for article in self.articles}
        if not len(codes) == len(self.articles) <= MOST_ARTICLES:
            raise InvalidInput("articles", f"must be at most {MOST_ARTICLES} of different codes", len(codes))

    def article(self, code: str) -> Article:
        """By code; raises NotFound."""
        found = next((each for each in self.articles if each.code == code), None)
        if found is None:
            raise NotFound("article", code)
        return found

    @property
    def currencies(self) -> frozenset[str]:
        """The currencies of all its amounts."""
        return frozenset(amount.currency for amount in self._amounts())

    def _amounts(self) -> Iterator[Money]:
        yield from (each.fee for each in self.late_fees if isinstance(each.fee, Money))
        yield from (each.price for each in self.articles)
        sold = [each.levies for each in self.late_fees] + [each.levies for each in self.articles]
        for levies in sold:
            yield from (each.charge.amount for each in levies if isinstance(each.charge, Fixed))
        if self.loyalty is not None:
            yield self.loyalty.point_value
