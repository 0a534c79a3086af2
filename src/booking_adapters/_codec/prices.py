"""Tariffs and quotes as JSON-ready data: amounts with their currency, percentages as written, kinds by a tag."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import cattrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing.policy import PolicySnapshot
from booking_core.domain.pricing.promotions import AmountOff
from booking_core.domain.pricing.rates import NightlyRate, ServicePrice
from booking_core.domain.pricing.taxes import Fixed, Percent
from booking_core.domain.reservations.cancellation import CancellationPolicy
from booking_core.domain.reservations.cancellation_data import read_policy, write_policy

Json = Any


def register_prices(made: cattrs.Converter) -> None:
    """Teach the converter the values of pricing."""
    made.register_unstructure_hook(Money, lambda amount: [amount.amount_minor, amount.currency])
    made.register_structure_hook(Money, lambda data, _: _money(data))
    made.register_unstructure_hook(Percentage, str)
    made.register_structure_hook(Percentage, lambda data, _: Percentage.of(_text(data)))
    made.register_unstructure_hook(CancellationPolicy, _policy_data)
    made.register_structure_hook(PolicySnapshot, lambda data, _: _policy(data))
    made.register_structure_hook(
        PolicySnapshot | None, lambda data, _: None if data is None else _policy(data)
    )
    made.register_unstructure_hook(PolicySnapshot | None, lambda policy: policy and _policy_data(policy))
    _by_tag(made, NightlyRate | ServicePrice, {"nightly": NightlyRate, "service": ServicePrice})
    _by_tag(made, Fixed | Percent, {"fixed": Fixed, "percent": Percent})
    _by_tag(made, Percentage | AmountOff, {"percentage": Percentage, "amount": AmountOff})
    _by_tag(made, Percentage | AmountOff | None, {"percentage": Percentage, "amount": AmountOff})
    _by_tag(made, Percentage | Money, {"percentage": Percentage, "money": Money})
    _by_tag(made, Stay | Period, {"stay": Stay, "period": Period})
    _by_key(made, Mapping[int, Money], _weekday)
    _by_key(made, Mapping[date, Money], date.fromisoformat)


def _by_key(made: cattrs.Converter, kind: Any, of: Callable[[str], Any]) -> None:
    """Prices by weekday or date, as an object with the key as text."""

    def write(prices: Mapping[Any, Money]) -> Json:
        return {str(key): [amount.amount_minor, amount.currency] for key, amount in prices.items()}

    made.register_unstructure_hook_func(lambda each: each == kind, write)
    made.register_structure_hook_func(lambda each: each == kind, lambda data, _: _keyed(data, of))


def _by_tag(made: cattrs.Converter, union: Any, kinds: Mapping[str, type]) -> None:
    """One of several kinds as a pair of tag and value; None stays None where the union has it."""
    tags = {kind: tag for tag, kind in kinds.items()}

    def write(value: object) -> Json:
        return None if value is None else [tags[type(value)], made.unstructure(value)]

    def read(data: Json, _: Any) -> object:
        match data:
            case None if type(None) in union.__args__:
                return None
            case [str(tag), value] if tag in kinds:
                return made.structure(value, kinds[tag])
        raise InvalidInput("kind", f"must be one of {', '.join(kinds)} with its value", data)

    made.register_unstructure_hook(union, write)
    made.register_structure_hook(union, read)


def _money(data: Json) -> Money:
    match data:
        case [int(minor), str(currency)]:
            return Money(minor, currency)
    raise InvalidInput("amount", "must be minor units and a currency", data)


def _policy_data(policy: CancellationPolicy) -> Json:
    return {"code": policy.code, **write_policy(policy)}


def _policy(data: Json) -> CancellationPolicy:
    if not isinstance(data, dict):
        raise InvalidInput("policy", "must be an object", data)
    return read_policy(_text(data.get("code")), {name: each for name, each in data.items() if name != "code"})


def _keyed(data: Json, read: Callable[[str], Any]) -> dict[Any, Money]:
    if not isinstance(data, dict):
        raise InvalidInput("prices", "must be an object", data)
    try:
        return {read(key): _money(each) for key, each in data.items()}
    except ValueError:
        raise InvalidInput("prices", "have a key that is none", list(data)[:5]) from None


def _weekday(text: str) -> int:
    if text not in "0123456" or len(text) != 1:
        raise ValueError(text)
    return int(text)


def _text(data: Json) -> str:
    if not isinstance(data, str):
        raise InvalidInput("text", f"is {type(data).__name__}", data)
    return data
