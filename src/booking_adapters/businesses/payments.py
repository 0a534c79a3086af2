"""What policies of a file ask to be paid ahead."""

from collections.abc import Mapping
from typing import Any

from booking_adapters.businesses.amounts import read_amount
from booking_adapters.businesses.sections import Section
from booking_core.domain.payments.terms import read_terms


def read_payment(section: Section, currency: str | None) -> Mapping[str, Any] | None:
    """The data of the field `payment`, as they are kept; None where it is missing or wrong.

    `ask` is `"all"`, or a table with `percent`, `first_night` or `amount`; `currency` is that of the amount, where the
    table does not say its own.
    """
    table = section.table("payment")
    if table is None:
        return None
    data = {name: table.take(name) for name in ("ask", "within_minutes") if table.has(name)}
    if isinstance(data.get("ask"), dict):
        part = table.inner(data["ask"], "ask")
        data["ask"] = _part(part, currency)
        table.absorb(part)
    table.finish()
    terms = table.made(lambda: read_terms(data)) if table.is_good else None
    section.absorb(table)
    return None if terms is None else data


def _part(part: Section, currency: str | None) -> dict[str, Any]:
    """A part of the price as data: an amount is kept in minor units with its currency."""
    data = {name: part.take(name) for name in ("percent", "first_night") if part.has(name)}
    if part.has("amount"):
        own = part.text("currency", currency)
        amount = read_amount(part, "amount", own) if own else None
        if amount is not None:
            data |= {"amount_minor": amount.amount_minor, "currency": amount.currency}
    part.finish()
    return data
