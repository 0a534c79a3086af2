"""Rules: small pure checks that a policy names, and what each of them varies with.

A rule says how far its answer reaches, so that a search asks it once for all candidates, once a day, or once a
candidate; `evaluate` asks every rule. Both ask the same function.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any, Protocol, Self

import attrs

from booking_core.domain.availability.request import Request, Snapshot, Violation
from booking_core.domain.catalog.policy import Policy, RuleSetting
from booking_core.domain.kernel.errors import InvalidInput

Check = Callable[[Request, Snapshot, datetime], Violation | None]
Bounds = Callable[[datetime], datetime]


class Reach(Enum):
    """What a rule's answer varies with, besides the request's quantity, party and length."""

    SEARCH = "the same for every candidate of a search"
    DAY = "the candidate's local date"
    START = "the candidate's very start"


@attrs.frozen(kw_only=True, eq=False)
class Rule:
    """A named check. `earliest` and `latest` bound the start, both included, given the time of asking.

    `is_bounds` says that they are all there is to it. `counts_bookings` says that it asks how many the customer has,
    which is then counted while nobody else books for them.
    """

    name: str
    check: Check
    reach: Reach = Reach.START
    earliest: Bounds | None = None
    latest: Bounds | None = None
    is_bounds: bool = False
    counts_bookings: bool = False


class RuleFactory(Protocol):
    """Makes a rule of a policy's parameters; raises InvalidInput for parameters that make no sense."""

    def __call__(self, parameters: "Parameters") -> Rule:
        """The rule."""
        ...


class Parameters:
    """A policy's values for one rule, taken one by one so that unknown names can be refused at the end."""

    def __init__(self, setting: RuleSetting) -> None:
        self.rule = setting.name
        self._left = dict(setting.values())

    def field(self, name: str) -> str:
        """How the parameter is named in an error."""
        return f"rules.{self.rule}.{name}"

    def whole(self, name: str, default: int | None = None, *, least: int = 0, most: int = 100_000) -> int:
        """A whole number within bounds; required where there is no default."""
        value = self._left.pop(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise InvalidInput(self.field(name), f"must be a whole number {least}…{most}", value)
        return value

    def take(self, name: str, default: Any = None) -> Any:
        """The raw value."""
        return self._left.pop(name, default)

    def duration(self) -> timedelta:
        """The sum of `days`, `hours` and `minutes`, at least one of which must be given."""
        units = [unit for unit in ("days", "hours", "minutes") if unit in self._left]
        if not units:
            raise InvalidInput(f"rules.{self.rule}", "needs days, hours or minutes")
        return timedelta(**{unit: self.whole(unit, most=1_000_000) for unit in units})

    def finish(self) -> None:
        """Refuse parameters that the rule does not know."""
        for name in self._left:
            raise InvalidInput(self.field(name), "is not a parameter of this rule", name)


def starting(
    name: str,
    message: str,
    *,
    earliest: Bounds | None = None,
    latest: Bounds | None = None,
) -> Rule:
    """A rule that is nothing but bounds on the start."""

    def check(request: Request, _: Snapshot, at: datetime) -> Violation | None:
        start = request.period.start
        if earliest is not None and start < earliest(at):
            return Violation(name, message, {"earliest": earliest(at)})
        if latest is not None and start > latest(at):
            return Violation(name, message, {"latest": latest(at)})
        return None

    return Rule(name=name, check=check, earliest=earliest, latest=latest, is_bounds=True)


@attrs.frozen(eq=False)
class RuleBook:
    """The rules that policies may name. An application adds its own with `with_rule`."""

    factories: Mapping[str, RuleFactory]

    def with_rule(self, name: str, factory: RuleFactory) -> Self:
        """This book and one rule more (or one replaced)."""
        return attrs.evolve(self, factories={**self.factories, name: factory})

    def rules_of(self, policy: Policy) -> "Rules":
        """The policy's rules, in its order; raises InvalidInput for unknown names and bad parameters."""
        return _compiled(self, policy)

    def compile(self, setting: RuleSetting) -> Rule:
        """One rule of one setting."""
        factory = self.factories.get(setting.name)
        if factory is None:
            raise InvalidInput(
                "rules", f"no such rule; known are {', '.join(sorted(self.factories))}", setting.name
            )
        parameters = Parameters(setting)
        rule = factory(parameters)
        parameters.finish()
        return rule


NOT_IN_THE_PAST = starting("not_in_the_past", "this time has passed", earliest=lambda at: at)
"""A rule of every policy; staff may waive it like any other."""


@attrs.frozen(eq=False)
class Rules:
    """A policy's rules, sorted by what a search has to ask of them: bounds, once, once a day, once a start."""

    every: tuple[Rule, ...]
    bounding: tuple[Rule, ...]
    once: tuple[Rule, ...]
    by_day: tuple[Rule, ...]
    by_start: tuple[Rule, ...]

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Self:
        """Sorted."""
        every = tuple(rules)
        bounding = tuple(rule for rule in every if rule.earliest is not None or rule.latest is not None)
        others = tuple(rule for rule in every if not rule.is_bounds)
        return cls(
            every=every,
            bounding=bounding,
            once=tuple(rule for rule in others if rule.reach is Reach.SEARCH),
            by_day=tuple(rule for rule in others if rule.reach is Reach.DAY),
            by_start=tuple(rule for rule in others if rule.reach is Reach.START),
        )

    @property
    def counts_bookings(self) -> bool:
        """Whether some rule asks how many bookings the customer has."""
        return any(rule.counts_bookings for rule in self.every)

    def without(self, names: frozenset[str]) -> "Rules":
        """The rules that are not waived."""
        return Rules.of(rule for rule in self.every if rule.name not in names) if names else self


@lru_cache(maxsize=4_096)
def _compiled(book: RuleBook, policy: Policy) -> Rules:
    return Rules.of((NOT_IN_THE_PAST, *(book.compile(setting) for setting in policy.rules)))
