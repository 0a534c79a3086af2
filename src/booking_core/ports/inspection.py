"""Looking a storage over, without changing anything: do the invariants hold?"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import attrs

from booking_core.domain.kernel.ids import TenantId

MOST_VIOLATIONS = 100
"""How many violations a finding lists."""
GRACE = timedelta(hours=1)
"""How long a hold may stay after its expiry until somebody tidies it up."""

TITLES: Mapping[int, str] = {
    1: "active allocations never overlap on a lane",
    2: "periods are finite, non-empty and half-open",
    3: "a live reservation's allocations cover its claims exactly, an ended one has none",
    4: "lanes lie within the capacity and its allowance",
    5: f"no hold outlives its expiry by more than {GRACE}",
    21: "a history is a path in the state graph, and the version is its length",
    22: "what belongs to a tenant refers to rows of that tenant",
    26: "the guards are armed",
}
"""The invariants of a storage, by the numbers under which DESIGN lists them."""


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
        """The invariants 1-5, 21 and 22 of a tenant's rows, from one consistent state, by number."""
        ...

    def of_guards(self) -> Finding:
        """Invariant 26: what keeps lanes, tenants and commits safe is switched on."""
        ...


def finding(number: int, checked: int, violations: Sequence[str] = ()) -> Finding:
    """The finding of an invariant by its number."""
    return Finding(
        number=number, title=TITLES[number], checked=checked, violations=tuple(violations[:MOST_VIOLATIONS])
    )
