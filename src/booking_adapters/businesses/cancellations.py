"""Cancellation policies of a file, in both of their forms: by hours, and by tiers."""

from collections.abc import Mapping
from typing import Any

from booking_adapters.businesses.amounts import read_amount
from booking_adapters.businesses.sections import Section
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.cancellation import CancellationPolicy
from booking_core.domain.reservations.cancellation_data import BY_HOURS, BY_TIERS, read_penalty, read_policy

_FIELDS = {"at_least": "at_least_hours", "less_than": "less_than_hours", "guest_until": "guest_until_hours"}
_OF_PENALTIES = ("percent", "first_night")


def read_cancellation(
    section: Section, code: str, currency: str | None, *, may_be_named: bool = False
) -> tuple[CancellationPolicy, Mapping[str, Any]] | None:
    """The policy in the field `cancellation`, and its data as they are kept; None where it is missing or wrong.

    `currency` is that of amounts in its tiers; where it is None a tier says its own. Where
    it may be named, `name` inside is its code.
    """
    table = section.table("cancellation")
    if table is None:
        return None
    if may_be_named and table.has("name"):
        code = table.text("name")
    if table.has("tiers"):
        data = {name: table.take(name) for name in table.names() if name in BY_TIERS - {"tiers"}}
        data["tiers"] = [_tier(table, inner, currency) for inner in table.tables("tiers")]
    else:
        data = {name: table.take(name) for name in table.names() if name in BY_HOURS}
    table.finish()
    policy = table.made(lambda: read_policy(code, data), names=_FIELDS) if table.is_good else None
    section.absorb(table)
    return None if policy is None else (policy, data)


def read_no_show_fee(section: Section, currency: str | None) -> Mapping[str, Any]:
    """What a guest owes who does not come, as it is kept: percent, first_night or amount; empty where it is missing."""
    inner = section.table("no_show_fee")
    if inner is None:
        return {}
    data = _penalty(section, inner, _OF_PENALTIES, currency)
    if inner.is_good:
        section.made(lambda: read_penalty(data), "no_show_fee")
    return data


def _tier(table: Section, inner: Section, currency: str | None) -> dict[str, Any]:
    """A tier as data."""
    return _penalty(table, inner, ("at_least_hours", "less_than_hours", *_OF_PENALTIES), currency)


def _penalty(table: Section, inner: Section, fields: tuple[str, ...], currency: str | None) -> dict[str, Any]:
    """A table with these fields as data: an amount is kept in minor units with its currency."""
    data = {name: inner.take(name) for name in fields if inner.has(name)}
    if inner.has("amount"):
        own = inner.text("currency", currency)
        amount = read_amount(inner, "amount", own) if own else None
        if amount is not None:
            data |= {"amount_minor": amount.amount_minor, "currency": amount.currency}
    inner.finish()
    table.absorb(inner)
    return data


def amounts_in(policy: CancellationPolicy) -> frozenset[str]:
    """The currencies of the amounts that its tiers ask for."""
    return frozenset(tier.penalty.currency for tier in policy.tiers if isinstance(tier.penalty, Money))
