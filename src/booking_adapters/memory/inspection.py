"""Looking a store in memory over."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from booking_adapters.memory.audit import MemoryAuditLog
from booking_adapters.memory.ledger_inspection import about_provider_events, money_facts
from booking_adapters.memory.notice_inspection import about_notices
from booking_adapters.memory.queues import MemoryHandlerQueue
from booking_adapters.memory.store import MemoryStore
from booking_adapters.memory.tables import Tables, Undo
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.reservation import Status
from booking_core.domain.reservations.soundness import history_faults, lane_faults
from booking_core.ports.audit import audit_finding
from booking_core.ports.channels import Outcome
from booking_core.ports.inspection import GRACE, Finding, finding, money_findings, outbox_finding


class MemoryInspection:
    """The Inspection port."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def of_tenant(self, tenant: TenantId, at: datetime) -> Sequence[Finding]:
        tables = self._store.tables(tenant)
        with tables.lock:
            taken = len(list(tables.lanes.every()))
            claims = len(tables.reservations)
            periods = len(tables.holds) + claims + len(tables.closures)
            about_claims = (
                finding(1, taken, list(_overlaps(tables))),
                finding(2, taken + periods, list(_unsound(tables))),
                finding(3, claims, list(_uncovered(tables))),
                finding(4, taken, list(_beyond(tables, at))),
                finding(5, len(tables.holds), list(_outlived(tables, at))),
                _about_pending(tables, at),
                finding(21, claims, list(_strayed(tables))),
                finding(22, taken, list(_orphans(tables))),
            )
            about_money = money_findings(money_facts(tables, at), at)
            about_others = (
                about_provider_events(tables, at),
                _about_channels(tables),
                *about_notices(tables, at),
                audit_finding(MemoryAuditLog(tables, Undo()), at),
                outbox_finding(MemoryHandlerQueue(tables, Undo()).standing(at), at),
            )
            every = (*about_claims, *about_money, *about_others)
            return sorted(every, key=lambda each: each.number)

    def of_guards(self) -> Finding:
        armed = self._store.guarded
        return finding(26, 1, () if armed else ("lanes are not guarded",))


def _overlaps(tables: Tables) -> Iterator[str]:
    for (resource, lane), group in groupby(tables.lanes.every(), key=lambda each: each[:2]):
        reached = 0
        for taken in sorted((taken for _, _, taken in group), key=lambda taken: taken.start):
            if taken.start < reached:
                yield f"lane {lane} of resource {resource}: {taken.owner} overlaps another claim"
            reached = max(reached, taken.end)


def _unsound(tables: Tables) -> Iterator[str]:
    for resource, lane, taken in tables.lanes.every():
        if taken.start >= taken.end:
            yield f"allocations {taken.owner}: lane {lane} of resource {resource}"
    periods = [(f"holds {key}", hold.period) for key, hold in tables.holds.items()]
    periods += [(f"reservations {key}", each.period) for key, each in tables.reservations.items()]
    periods += [(f"closures {key}", closure.period) for key, closure in tables.closures.items()]
    for name, period in periods:
        if period.start >= period.end:
            yield name


def _uncovered(tables: Tables) -> Iterator[str]:
    lanes: dict[object, int] = {}
    for _, _, taken in tables.lanes.every():
        lanes[taken.owner] = lanes.get(taken.owner, 0) + 1
    for each in tables.reservations.values():
        for fault in lane_faults(each.status, each.claims, each.allocations):
            yield f"{each.code}: {fault}"
        if lanes.get(each.id, 0) != len(each.allocations):
            yield f"{each.code}: its lanes are not those that are taken for it"


def _beyond(tables: Tables, at: datetime) -> Iterator[str]:
    resources = tables.catalog.resources if tables.catalog else {}
    for resource, lane, taken in tables.lanes.every():
        if taken.counts(at) and resource in resources and not 1 <= lane <= resources[resource].lanes:
            yield f"lane {lane} of {resources[resource].key}, taken by {taken.owner}"


def _outlived(tables: Tables, at: datetime) -> Iterator[str]:
    for hold in tables.holds.values():
        if hold.expires_at + GRACE <= at:
            yield f"hold {hold.id} expired at {hold.expires_at.isoformat()}"


def _about_channels(tables: Tables) -> Finding:
    """Invariant 23. That a booking has one link is in the nature of a dictionary."""
    made = Counter(each.reservation for each in tables.channel_links.values() if each.reservation)
    faults = [f"reservation {each} is several bookings" for each, times in made.items() if times > 1]
    for (channel, reference, revision), message in tables.arrived.items():
        link = tables.channel_links.get((channel, reference))
        is_done = message.outcome in {Outcome.FOLLOWED, Outcome.STALE}
        if is_done and (link is None or link.revision < revision):
            faults.append(f"{channel} {reference} is behind its revision {revision}")
    return finding(23, len(tables.channel_links), faults)


def _about_pending(tables: Tables, at: datetime) -> Finding:
    pending = [each for each in tables.reservations.values() if each.status is Status.PENDING]
    overdue = [each for each in pending if each.expires_at is None or each.expires_at + GRACE <= at]
    return finding(6, len(pending), [f"{each.code} is still pending" for each in overdue])


def _strayed(tables: Tables) -> Iterator[str]:
    for each in tables.reservations.values():
        for fault in history_faults(each.status, each.version, each.history):
            yield f"{each.code}: {fault}"


def _orphans(tables: Tables) -> Iterator[str]:
    owners = tables.holds.keys() | tables.reservations.keys() | tables.closures.keys()
    for resource, lane, taken in tables.lanes.every():
        if taken.owner not in owners:
            yield f"lane {lane} of resource {resource} belongs to {taken.owner}, which the tenant does not have"
