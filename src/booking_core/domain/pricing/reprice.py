"""Modification: kept nights keep their price, added ones are priced anew, removed ones follow the policy."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import attrs

from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import instant
from booking_core.domain.pricing.lines import Line, LineKind, in_order
from booking_core.domain.pricing.policy import PolicySnapshot
from booking_core.domain.pricing.price import NO_USES, added_nights, price
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.pricing.request import PriceRequest
from booking_core.domain.pricing.tariff import Tariff


@attrs.frozen(kw_only=True)
class Repricing:
    """What a modification does to the price: the new quote and how it differs.

    `difference` is new minus agreed total: positive to charge, negative to refund. `penalty` is the part of
    the removed nights' price that the policy keeps; it is a line of the new quote and so inside the
    difference. `added` holds every night that is priced anew, also those of dates the guest had before.
    """

    quote: Quote
    difference: Money
    penalty: Money
    kept: tuple[date, ...]
    added: tuple[date, ...]
    removed: tuple[date, ...]


def reprice(
    agreed: Quote,
    request: PriceRequest,
    tariff: Tariff,
    at: datetime,
    *,
    starts_at: datetime,
    waived: bool = False,
    code_uses: Mapping[str, int] = NO_USES,
) -> Repricing:
    """The price of a booking after a change of dates, party, plan, quantity, codes or room type.

    A night of both stays is the same night while nothing but the dates changes: it keeps every line it was
    agreed with, and so does what was charged per booking. Added nights cost what the tariff says today, under
    the same plan; the new length of the stay counts. Where no night is kept, or another party, plan,
    quantity, code or tariff makes every night another product, all is priced anew, and codes agreed before
    keep counting. The policy snapshot goes on until tariff or plan change. A period has no nights, so it is
    always priced anew.

    For nights that fall away the guest owes what the policy snapshot of the booking keeps of their agreed
    price at `at`, counted to the agreed start `starts_at`, unless staff waive it (`waived`). `code_uses`
    counts the uses by other bookings. Raises what `price` raises.
    """
    at = instant(at, "at")
    before, after = frozenset(agreed.request.nights), frozenset(request.nights)
    removed = tuple(sorted(before - after))
    same_nights = agreed.tariff == tariff.code and agreed.request.sells_like(request)
    kept = before & after if same_nights else frozenset[date]()
    added = tuple(sorted(after - kept))
    if kept:
        stays = [line for line in agreed.lines if line.night is None or line.night in kept]
        new = attrs.evolve(agreed, request=request, made_at=at, expires_at=at + tariff.quote_ttl)
        lines = (*stays, *added_nights(request, tariff, added, at, code_uses))
    else:
        new = price(request, tariff, at, code_uses=code_uses, honoured=agreed.request.codes)
        new = attrs.evolve(new, policy=_policy_for(agreed, new))
        lines = (*new.lines, *(line for line in agreed.lines if line.kind is LineKind.PENALTY))
    penalty = Money.zero(agreed.currency) if waived else _penalty(agreed, removed, starts_at, at)
    quote = attrs.evolve(new, lines=in_order([*lines, *_penalty_lines(penalty, removed)]))
    return Repricing(
        quote=quote,
        difference=quote.total - agreed.total,
        penalty=penalty,
        kept=tuple(sorted(kept)),
        added=added,
        removed=removed,
    )


def _policy_for(agreed: Quote, new: Quote) -> PolicySnapshot | None:
    """The snapshot taken at booking goes on, unless the guest now buys something else or under another plan."""
    same_terms = (agreed.tariff, agreed.request.rate_plan) == (new.tariff, new.request.rate_plan)
    return agreed.policy if same_terms else new.policy


def _penalty(agreed: Quote, removed: Sequence[date], starts_at: datetime, at: datetime) -> Money:
    if not removed or agreed.policy is None:
        return Money.zero(agreed.currency)
    return agreed.policy.penalty(
        price=agreed.price_of(*removed), first_night=agreed.price_of(removed[0]), starts_at=starts_at, at=at
    )


def _penalty_lines(penalty: Money, removed: Sequence[date]) -> tuple[Line, ...]:
    if not penalty:
        return ()
    nights = ", ".join(night.isoformat() for night in removed)
    return (Line(kind=LineKind.PENALTY, code="removed-nights", source=f"kept for {nights}", amount=penalty),)
