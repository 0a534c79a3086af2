"""The final bill: the folio, read by its guest."""

from collections.abc import Sequence

import attrs

from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.entries import Entry, EntryKind, Part
from booking_core.domain.reservations.folio import Folio


@attrs.frozen(kw_only=True)
class Item:
    """What one rule, article or payment comes to; `nights` counts the nights that it was charged for."""

    part: Part
    kind: EntryKind
    code: str
    text: str
    amount: Money
    nights: int
    included: bool


@attrs.frozen(kw_only=True)
class Bill:
    """The items of a folio, and the sums that they come to.

    `charges` is the sum of what was charged; `included` (taxes and fees) is inside it already. Charges less
    `received` plus `refunded` is the `balance`.
    """

    items: tuple[Item, ...]
    charges: Money
    included: Money
    received: Money
    refunded: Money
    balance: Money


def bill_of(folio: Folio) -> Bill:
    """The bill of a folio: corrections folded into what they correct, in the order of a bill."""
    groups: dict[tuple[Part, EntryKind, str, bool, int | None], list[Entry]] = {}
    for entry in folio.entries:
        single = entry.number if entry.part is Part.MONEY else None
        groups.setdefault((entry.part, entry.kind, entry.code, entry.included, single), []).append(entry)
    items = [_item(entries) for entries in groups.values()]
    shown = sorted((item for item in items if item.amount), key=_order)
    included = Money.total((item.amount for item in shown if item.included), folio.currency)
    return Bill(
        items=tuple(shown),
        charges=folio.charges,
        included=included,
        received=folio.received,
        refunded=folio.refunded,
        balance=folio.balance,
    )


def _item(entries: Sequence[Entry]) -> Item:
    first = entries[0]
    by_night: dict[object, int] = {}
    by_group: dict[int | None, int] = {}
    for entry in entries:
        by_group[entry.group] = by_group.get(entry.group, 0) + entry.amount.amount_minor
        if entry.night is not None:
            by_night[entry.night] = by_night.get(entry.night, 0) + entry.amount.amount_minor
    return Item(
        part=first.part,
        kind=first.kind,
        code=first.code,
        text=next((entry.text for entry in entries if by_group[entry.group]), first.text),
        amount=Money.total((entry.amount for entry in entries), first.amount.currency),
        nights=sum(minor != 0 for minor in by_night.values()),
        included=first.included,
    )


def _order(item: Item) -> tuple[int, int]:
    return list(Part).index(item.part), list(EntryKind).index(item.kind)
