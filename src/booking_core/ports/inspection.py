"""Looking a storage over, without changing anything: do the invariants hold?"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import attrs

from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.notices.soundness import CHECKS as NOTICE_CHECKS
from booking_core.domain.notices.soundness import LATE, Terms, Told
from booking_core.domain.payments.soundness import CHECKS as MONEY_CHECKS
from booking_core.domain.payments.soundness import CLOSE_TO_EXPIRY, STUCK_AFTER, MoneyFacts
from booking_core.domain.payments.verdicts import ABOUT_TO_LAPSE
from booking_core.ports.alerts import kind_of
from booking_core.ports.queues import Standing

T = TypeVar("T")
Given = TypeVar("Given")
MOST_VIOLATIONS = 100
"""How many violations a finding lists."""
GRACE = timedelta(hours=1)
"""How long a hold or a pending reservation may stay after its expiry until somebody tidies it up."""
WAITS = timedelta(hours=1)
"""How long what a provider told may wait until somebody handles it."""
LAPSE_ALERT = kind_of(ABOUT_TO_LAPSE)
"""The kind of alerts that tell of an authorisation close to its end."""

HANDLED_WITHIN = timedelta(days=2)
"""How long a handling may be owed: longer than all its attempts take."""

TITLES: Mapping[int, str] = {
    1: "active allocations never overlap on a lane",
    2: "periods are finite, non-empty and half-open",
    3: "a live reservation's allocations cover its claims exactly, an ended one has none",
    4: "lanes lie within the capacity and its allowance",
    5: f"no hold outlives its expiry by more than {GRACE}",
    6: f"nothing is pending longer than {GRACE} after its time",
    7: "what was captured beyond what is owed is being refunded",
    8: "what is confirmed and paid ahead was captured, or is being captured",
    9: "a payment has at most one live authorisation",
    10: "the authorisation of what came to nothing is being voided",
    11: f"an authorisation that lapses within {CLOSE_TO_EXPIRY} is being captured, or people were told",
    12: "refunds, done and under way, never exceed what was captured",
    13: "folios sum to zero against the ledger, per currency",
    14: f"no payment instruction is without an outcome for {STUCK_AFTER}",
    15: "a key stands for one operation, amount and payment",
    16: "whatever happens to a reservation, those are told whom the rules name",
    17: f"a notice is sent, or ends with a reason, within {LATE} after it was of use",
    18: "a notice is sent at most once, or is flagged as a possible repeat",
    19: "a rule reminds once of a version of a reservation, and of its latest alone",
    20: f"what a provider tells is handled once, within {WAITS}",
    21: "a history is a path in the state graph, and the version is its length",
    22: "what belongs to a tenant refers to rows of that tenant",
    23: "a booking of a channel is one reservation, and its revision only grows",
    24: "the audit log is chained by its seals, without a gap",
    26: "the guards are armed",
    27: "amounts are whole, bounded, and in a currency",
    29: f"what was told is handled, or given up, within {HANDLED_WITHIN}",
}
"""The invariants of a storage, by the numbers under which DESIGN lists them; 29 is the outbox's."""


@attrs.frozen(kw_only=True)
class Finding:
    """One invariant: how many things were checked, and at most 100 that break it, each as a sentence."""

    number: int
    title: str
    checked: int
    violations: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return not self.violations


class Inspection(Protocol):
    """Checks invariants on live data, read-only."""

    def of_tenant(self, tenant: TenantId, at: datetime) -> Sequence[Finding]:
        """Every invariant of `TITLES` but the guards', of a tenant's rows, from one consistent state, by number."""
        ...

    def of_guards(self) -> Finding:
        """Invariant 26: what keeps lanes, tenants and commits safe is switched on."""
        ...


def finding(number: int, checked: int, violations: Sequence[str] = ()) -> Finding:
    """The finding of an invariant by its number."""
    return Finding(
        number=number, title=TITLES[number], checked=checked, violations=tuple(violations[:MOST_VIOLATIONS])
    )


def outbox_finding(standing: Standing, at: datetime) -> Finding:
    """Whether something has been owed to handlers for too long."""
    oldest = standing.oldest
    is_late = oldest is not None and oldest + HANDLED_WITHIN <= at
    late = [f"something is owed since {oldest}: does a worker run?"] if is_late else []
    return finding(29, standing.waiting + standing.failing, late)


def money_findings(claims: Iterable[MoneyFacts], at: datetime) -> Sequence[Finding]:
    """The findings about the money of every claim."""
    return _looked_over(MONEY_CHECKS, claims, at, lambda each: each.claim)


def notice_findings(told: Iterable[Told], terms: Terms) -> Sequence[Finding]:
    """The findings about the notices of every reservation."""
    return _looked_over(NOTICE_CHECKS, told, terms, lambda each: each.code)


def _looked_over(
    checks: Mapping[int, tuple[Callable[[T], int], Callable[[T, Given], Iterator[str]]]],
    facts: Iterable[T],
    given: Given,
    name: Callable[[T], object],
) -> Sequence[Finding]:
    """Every check of all facts, each read once; no more violations are kept than a finding lists."""
    checked = dict.fromkeys(checks, 0)
    found: dict[int, list[str]] = {number: [] for number in checks}
    for each in facts:
        for number, (count, faults) in checks.items():
            checked[number] += count(each)
            if len(found[number]) < MOST_VIOLATIONS:
                found[number] += [f"{name(each)}: {fault}" for fault in faults(each, given)]
    return [finding(number, checked[number], found[number]) for number in checks]
