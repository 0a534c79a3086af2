"""The policies of a file: a trade, its rules, and how long holds and unapproved bookings live."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from booking_adapters.businesses.cancellations import read_cancellation, read_no_show_fee
from booking_adapters.businesses.dates import read_date
from booking_adapters.businesses.payments import read_payment
from booking_adapters.businesses.sections import Section
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.policy import (
    Opening,
    Policy,
    RuleSetting,
    Trade,
    frozen_parameters,
)
from booking_core.domain.kernel.errors import InvalidInput

MOST_RULES = 200
_DATE_FIELDS = frozenset({"dates", "from", "until"})
_FIELDS = {
    "hold_ttl": "hold_minutes",
    "offer_ttl": "offer_minutes",
    "pending_ttl": "pending_minutes",
    "no_show_after": "no_show_after_minutes",
}


def read_policies(
    file: Section, rules: RuleBook, today: date, currency: str | None
) -> Mapping[str, Policy | None]:
    """The policies by key; None for one in which something is wrong. `currency` is the only one of the file, if any."""
    policies: dict[str, Policy | None] = {}
    for section in file.tables("policies"):
        key = section.key(policies)
        policies[key] = _policy(section, key, rules, today, currency)
        section.finish()
    return policies


def _policy(section: Section, key: str, rules: RuleBook, today: date, currency: str | None) -> Policy | None:
    trade = section.choice("trade", Trade)
    opening = section.choice("opening", Opening) if section.has("opening") else None
    settings = _rules(section, rules, today)
    terms = read_cancellation(section, key, currency)
    no_show_fee = read_no_show_fee(section, currency)
    payment = read_payment(section, currency)
    times = {name: section.minutes(field) for name, field in _FIELDS.items()}
    needs_approval, completes_unattended = (
        section.flag("needs_approval"),
        section.flag("completes_unattended"),
    )
    if trade is None or not section.is_good:
        return None
    given: dict[str, Any] = {name: value for name, value in times.items() if value is not None}
    return section.made(
        lambda: Policy(
            key=key,
            trade=trade,
            rules=settings,
            cancellation=() if terms is None else frozen_parameters(terms[1]),
            no_show_fee=frozen_parameters(no_show_fee),
            payment=() if payment is None else frozen_parameters(payment),
            opening=opening,
            needs_approval=needs_approval,
            completes_unattended=completes_unattended,
            **given,
        ),
        names=_FIELDS,
    )


def _rules(section: Section, rules: RuleBook, today: date) -> tuple[RuleSetting, ...]:
    settings = []
    for number, inner in enumerate(section.tables("rules")):
        if number >= MOST_RULES:
            section.wrong(f"are more than {MOST_RULES}", "rules")
            break
        name = inner.text("rule")
        parameters = {field: _parameter(inner, field, today) for field in inner.names()}
        if inner.is_good:
            setting = RuleSetting(name, frozen_parameters(parameters))
            _check(inner, rules, setting)
            settings.append(setting)
        section.absorb(inner)
    return tuple(settings)


def _check(section: Section, rules: RuleBook, setting: RuleSetting) -> None:
    try:
        rules.compile(setting)
    except InvalidInput as error:
        parameter = error.field.removeprefix(f"rules.{setting.name}.")
        section.refused(error, "rule" if parameter.startswith("rules") else parameter)


def _parameter(section: Section, field: str, today: date) -> object:
    """A rule's parameter in the form in which policies are kept: dates as texts."""
    value = section.take(field)
    values = value if isinstance(value, list) else [value]
    if field in _DATE_FIELDS:
        values = [section.made(partial(read_date, each, today), field) for each in values]
        values = [str(each) for each in values]
    elif any(isinstance(each, dict | list | date | datetime) for each in values):
        section.wrong("must be a number, a text, or a list of those", field)
    return values if isinstance(value, list) else values[0]
