"""Cancellation policies as the JSON-ready data that tenants keep, in both of its forms.

By hours::

    {"free_cancellation_hours": 24, "partial_refund_hours": 12, "partial_refund_percent": 50,
     "no_refund_hours": 2}

By tiers::

    {"tiers": [{"at_least_hours": 24, "percent": 0}, {"less_than_hours": 24, "percent": 100}],
     "guest_until_hours": 0}

A tier's penalty is one of `{"percent": 50}`, `{"first_night": true}` and
`{"amount_minor": 5000, "currency": "USD"}`.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.reservations.cancellation import (
    LONGEST_NOTICE,
    MOST_TIERS,
    CancellationPolicy,
    FirstNight,
    InvalidTiers,
    Penalty,
    Tier,
)

Data = Mapping[str, object]

BY_HOURS = frozenset(
    {"free_cancellation_hours", "partial_refund_hours", "partial_refund_percent", "no_refund_hours"}
)
BY_TIERS = frozenset({"tiers", "guest_until_hours"})
_BOUNDS = frozenset({"at_least_hours", "less_than_hours"})


def read_policy(code: str, data: Data) -> CancellationPolicy:
    """The policy that the data describe; raises InvalidTiers, a typed InvalidInput, naming the field."""
    if "tiers" not in data:
        return _by_hours(code, data)
    _only(data, BY_TIERS)
    tiers = data["tiers"]
    if not isinstance(tiers, Sequence) or isinstance(tiers, str) or len(tiers) > MOST_TIERS:
        raise InvalidTiers("tiers", f"must be a list of at most {MOST_TIERS} tiers", str(type(tiers)))
    until = timedelta(hours=_hours(data, "guest_until_hours", 0))
    return CancellationPolicy(code=code, tiers=tuple(map(_tier, tiers)), guest_until=until)


def write_policy(policy: CancellationPolicy) -> dict[str, object]:
    """The policy by tiers; `read_policy` makes the same policy of it."""
    return {
        "tiers": [
            {
                **({} if tier.at_least is None else {"at_least_hours": _in_hours(tier.at_least)}),
                **({} if tier.less_than is None else {"less_than_hours": _in_hours(tier.less_than)}),
                **_penalty_data(tier.penalty),
            }
            for tier in policy.tiers
        ],
        "guest_until_hours": _in_hours(policy.guest_until),
    }


def _by_hours(code: str, data: Data) -> CancellationPolicy:
    _only(data, BY_HOURS)
    free = _hours(data, "free_cancellation_hours")
    return CancellationPolicy.stepped(
        code,
        free_cancellation_hours=free,
        partial_refund_hours=_hours(data, "partial_refund_hours", free),
        partial_refund_percent=_percent(data.get("partial_refund_percent", 0), "partial_refund_percent"),
        no_refund_hours=_hours(data, "no_refund_hours", 0),
    )


def _tier(data: object) -> Tier:
    if not isinstance(data, Mapping):
        raise InvalidTiers("tiers", "must hold objects", str(type(data)))
    return Tier(
        penalty=read_penalty({key: data[key] for key in data.keys() - _BOUNDS}),
        at_least=_bound(data, "at_least_hours"),
        less_than=_bound(data, "less_than_hours"),
    )


def read_penalty(data: Data) -> Penalty:
    """The penalty that the data describe; raises InvalidTiers."""
    match data:
        case {"percent": percent, **rest} if not rest:
            return _percent(percent, "percent")
        case {"first_night": True, **rest} if not rest:
            return FirstNight()
        case {"amount_minor": int() as minor, "currency": str() as currency, **rest} if not rest:
            return Money(minor, currency)
    raise InvalidTiers("penalty", "must be percent, first_night, or amount_minor with currency", str(data))


def _penalty_data(penalty: Penalty) -> dict[str, object]:
    if isinstance(penalty, Percentage):
        return {"percent": str(penalty)}
    if isinstance(penalty, Money):
        return {"amount_minor": penalty.amount_minor, "currency": penalty.currency}
    return {"first_night": True}


def _percent(value: object, field: str) -> Percentage:
    if isinstance(value, str | int):
        return Percentage.of(value)
    raise InvalidTiers(field, "must be a whole number or decimal text", value)


def _bound(data: Data, field: str) -> timedelta | None:
    return timedelta(hours=_hours(data, field)) if field in data else None


def _hours(data: Data, field: str, default: int | None = None) -> int:
    value = data.get(field, default)
    if type(value) is int and 0 <= value <= LONGEST_NOTICE // timedelta(hours=1):
        return value
    raise InvalidTiers(field, "must be a whole number of hours", value)


def _in_hours(notice: timedelta) -> int:
    hours, rest = divmod(notice, timedelta(hours=1))
    if rest:
        raise InvalidTiers("hours", "only whole hours can be written", notice)
    return hours


def _only(data: Data, known: AbstractSet[str]) -> None:
    unknown = sorted(data.keys() - known)
    if unknown:
        raise InvalidTiers(unknown[0][:100], "is not a field of a cancellation policy")
