"""Whether everybody was told, once and in time, in memory."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from booking_adapters.memory.tables import Tables
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.notices.notice import Notice
from booking_core.domain.notices.soundness import Terms, Told
from booking_core.ports.inspection import Finding, notice_findings

CATALOG_CHANGED = "CatalogChanged"
HANDLERS = frozenset({"notices", "notices of the waitlist"})
"""By which notices are planned."""


def about_notices(tables: Tables, at: datetime) -> Sequence[Finding]:
    """Invariants 16 to 19."""
    catalog = tables.catalog
    if catalog is None:
        return notice_findings((), Terms.of(NoticeSettings(), None, at))
    changed = max((each.at for each in tables.outbox.values() if each.name == CATALOG_CHANGED), default=None)
    return notice_findings(_told(tables, catalog), Terms.of(catalog.notices, changed, at))


def _told(tables: Tables, catalog: Catalog) -> Iterator[Told]:
    unhandled = {event.subject for number, event in tables.outbox.items() if number not in tables.spread}
    unhandled |= {
        tables.outbox[number].subject
        for (number, handler), each in tables.handlings.items()
        if handler in HANDLERS and each.due_at
    }
    about: dict[UUID, list[Notice]] = defaultdict(list)
    for notice in tables.notices.values():
        about[notice.owed.about.id].append(notice)
    for claim, each in tables.reservations.items():
        assigned = (catalog.resources.get(resource) for _, resource in each.assigned)
        yield Told(
            code=each.code,
            email=each.customer.email,
            phone=each.customer.phone,
            assigned=frozenset(resource.key for resource in assigned if resource),
            history=each.history,
            notices=tuple(about[claim]),
            is_handled=claim not in unhandled,
        )
    for entry in tables.waitlist.values():
        yield Told.in_line(entry, about[entry.id], is_handled=entry.id not in unhandled)
