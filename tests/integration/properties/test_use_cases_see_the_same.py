"""The use cases read only what they need, and their answers are those of one who had read everything."""

from datetime import timedelta

import attrs
from hypothesis import given, settings

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.ambient import FixedClock, ListedHolidays, SeededIds
from booking_adapters.testing.builders import named_id
from booking_adapters.testing.engine import TheEngine
from booking_adapters.testing.strategies import Case, cases
from booking_core.domain.availability.evaluate import evaluate
from booking_core.domain.availability.request import Refusal, Request
from booking_core.domain.availability.slots import find_slots
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.tenant import Tenant
from booking_core.domain.kernel.ids import ClosureId, TenantId
from booking_core.domain.kernel.period import Period, from_epoch
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.closure import Closure
from booking_core.usecases.explain import ExplainQuery
from booking_core.usecases.search_slots import SlotQuery
from booking_core.usecases.wanted import Wanted
from tests.effort import scaled

TENANT = Tenant(id=TenantId(named_id("tenant", "somebody")), key="somebody", name="Somebody")
RULES = standard_rules()
NEAR = timedelta(days=2)


@settings(max_examples=scaled(150))
@given(case=cases())
def test_searching_a_store_finds_what_the_whole_picture_holds(case: Case) -> None:
    case = as_a_search_asks(case)
    found = stored(case).search_slots(
        SlotQuery(
            tenant=TENANT.id,
            service=case.snapshot.service.key,
            window=case.window,
            quantity=case.request.quantity,
            party=case.request.party,
        )
    )
    expected = find_slots(case.snapshot, case.window, case.at, RULES, case.request)
    assert {who: list(slots.starts()) for who, slots in found.by_resource.items()} == {
        who: list(slots.starts()) for who, slots in expected.items()
    }


@settings(max_examples=scaled(100))
@given(case=cases())
def test_explaining_gives_the_reasons_that_the_whole_picture_holds(case: Case) -> None:
    case = as_a_search_asks(case)
    engine = stored(case)
    duration = case.snapshot.service.duration
    assert duration is not None
    opens = {start for each in case.snapshot.diaries.values() for start, _ in each.openings.windows}
    near = case.window.widened(NEAR, NEAR)
    starts = {case.window.start, *(opening for opening in map(from_epoch, opens) if near.contains(opening))}
    for start in sorted(starts):
        asked = attrs.evolve(case.request, period=Period(start, start + duration))
        wanted = Wanted(
            service=case.snapshot.service.key,
            start=start,
            quantity=case.request.quantity,
            party=case.request.party,
        )
        reasons = engine.explain(ExplainQuery(tenant=TENANT.id, wanted=wanted))
        answer = evaluate(asked, case.snapshot, case.at, RULES)
        codes = {each.code for each in answer.violations} if isinstance(answer, Refusal) else set()
        assert {each.code for each in reasons} == codes


def as_a_search_asks(case: Case) -> Case:
    """Nobody in particular asks, and for nobody in particular."""
    request = Request(period=case.window, quantity=case.request.quantity, party=case.request.party)
    return attrs.evolve(case, request=request, snapshot=attrs.evolve(case.snapshot, customer_live=0))


def stored(case: Case) -> TheEngine:
    """An engine whose store holds the case's catalog, with closures where its calendars are busy or closed."""
    venue = attrs.evolve(case.snapshot.venue, holidays="XX")
    diaries = case.snapshot.diaries.values()
    store, ids = MemoryStore(), SeededIds()
    with store(TENANT.id) as tx:
        tx.catalogs.save(
            Catalog.of(
                TENANT,
                venues=[venue],
                resources=[each.resource for each in diaries],
                services=[case.snapshot.service],
            ),
            case.at,
        )
        for diary in diaries:
            who = diary.resource.id
            busy = [(start, end, (lane,)) for start, end, lane in diary.calendar.busy]
            whole = [(start, end, ()) for start, end in diary.calendar.closed]
            for start, end, lanes in (*busy, *whole):
                period = Period.of_epoch(start, end)
                tx.closures.save(
                    Closure.close(
                        id=ClosureId(ids.new()),
                        resource=who,
                        period=period,
                        reason="",
                        allocations=tuple(Allocation(who, lane, period) for lane in lanes),
                        quantity=len(lanes) or None,
                        at=case.at,
                    )
                )
    holidays = ListedHolidays({"XX": case.snapshot.holidays})
    return TheEngine(store, FixedClock(case.at), ids, holidays=holidays)
