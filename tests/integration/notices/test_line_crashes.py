"""A process that dies anywhere between making an offer and sending the mail about it loses no mail."""

from collections.abc import Callable
from itertools import count

import attrs
import pytest

from booking_adapters.ambient.ids import UuidV7
from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.letters.wording import TemplateWording
from booking_adapters.testing.ambient import SeededIds
from booking_adapters.testing.builders import a_tour
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.catalog.notice_rules import NoticeChannel
from booking_core.domain.catalog.tenant import Tenant
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.notices.subject import Subject
from booking_core.domain.waitlist.entry import EntryState
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.handling import HandleEvents
from booking_core.usecases.plan_line_notices import PlanLineNotices
from booking_core.usecases.send_notices import LEASE, SendNotices
from booking_core.usecases.waitlist import Joined
from tests.integration.crashes.dying import Arrows, Died, DyingUnitOfWork
from tests.integration.notices.house import PostOffice
from tests.integration.scenarios.line import DEPARTURE, joins

SEEDS = count(5_000)
Process = Callable[[UnitOfWork], None]


@attrs.frozen
class Line:
    """Ada is first, and the seats were just given back; nobody has offered them yet."""

    tour: OpenBusiness
    ada: Joined
    post: PostOffice

    @classmethod
    def opened(cls, store: Storage) -> "Line":
        """Sold out until a moment ago."""
        fresh = UuidV7().new()
        tenant = Tenant(id=TenantId(fresh), key=f"tours-{fresh.hex}", name="City Tours")
        tour = TheEngine(store, ids=SeededIds(next(SEEDS))).opens(attrs.evolve(a_tour(), tenant=tenant))
        party = tour.book("tour", DEPARTURE, seats=12)
        ada = joins(tour, "ada")
        tour.cancel(party)
        while tour.engine.stir_waitlist(tour.tenant):
            pass
        return cls(tour, ada, PostOffice())

    def offers(self, begin: UnitOfWork) -> None:
        """The duty that makes offers."""
        engine = TheEngine(begin, self.tour.engine.clock, SeededIds(next(SEEDS)))
        engine.tend_waitlist(self.tour.tenant)

    def tells(self, begin: UnitOfWork) -> None:
        """The duties that plan what is told, and send it."""
        clock, ids = self.tour.engine.clock, SeededIds(next(SEEDS))
        plan = HandleEvents(begin=begin, handlers=[PlanLineNotices(ids=ids)], clock=clock, ids=ids)
        while plan(self.tour.tenant):
            pass
        self.sends(begin)

    def sends(self, begin: UnitOfWork) -> None:
        """The duty that sends."""
        send = SendNotices(
            begin=begin,
            clock=self.tour.engine.clock,
            ids=SeededIds(next(SEEDS)),
            tokens=SecretTokens(),
            wording=TemplateWording(),
            notifiers={NoticeChannel.EMAIL: self.post},
            public_url="https://book.example",
        )
        send(self.tour.tenant)

    def works(self, begin: UnitOfWork) -> None:
        """A worker, from the offer to the mail."""
        self.offers(begin)
        self.tells(begin)

    def dies(self, process: Process, at: int) -> bool:
        """Whether a process comes as far as the arrow, and dies there."""
        try:
            process(DyingUnitOfWork(self.tour.engine.store, Arrows(at)))
        except Died:
            return True
        return False


def arrows_of(store: Storage) -> int:
    """How many places there are at which a worker can die."""
    line, arrows = Line.opened(store), Arrows()
    line.works(DyingUnitOfWork(store, arrows))
    assert len(line.post.taken) == 1
    return arrows.passed


@pytest.mark.parametrize("part", range(4))
def test_an_offer_is_told_wherever_the_worker_dies(store: Storage, part: int) -> None:
    places = arrows_of(store)
    assert places > 12
    for at in range(part, places, 4):
        line = Line.opened(store)
        assert line.dies(line.works, at)
        line.tour.engine.clock.advance(LEASE)
        line.works(store)
        keys = {each.key for each in line.post.taken}
        assert len(keys) == 1, f"arrow {at}: one notice, however often it was sent"
        assert all(each.may_be_repeat for each in line.post.taken[1:])
        assert "/offers/" in line.post.taken[-1].text


@attrs.frozen
class TellsByItself:
    """Makes offers, and only then writes down that they are to be told: whoever dies in between tells nobody."""

    line: Line

    def __call__(self, begin: UnitOfWork) -> None:
        """Offer, and tell what this process has offered."""
        entry, tenant = self.line.ada.entry.id, self.line.tour.tenant
        with begin.reading(tenant) as tx:
            was = tx.waitlist.get(entry).state
        self.line.offers(begin)
        with begin.reading(tenant) as tx:
            now = tx.waitlist.get(entry)
        if was is EntryState.WAITING and now.state is EntryState.OFFERED:
            event = Event(
                name="WaitlistOffered",
                subject=entry,
                version=now.version,
                at=self.line.tour.engine.clock.now(),
            )
            with begin(tenant) as tx:
                PlanLineNotices(ids=SeededIds(next(SEEDS)))(tx, event)
        self.line.sends(begin)


def test_control_who_tells_outside_the_outbox_loses_an_offer(store: Storage) -> None:
    whole = Line.opened(store)
    TellsByItself(whole)(store)
    assert len(whole.post.taken) == 1
    line = Line.opened(store)
    assert line.dies(TellsByItself(line), 1)
    line.tour.engine.clock.advance(LEASE)
    TellsByItself(line)(store)
    assert line.post.taken == []
    with store.reading(line.tour.tenant) as tx:
        assert tx.waitlist.get(line.ada.entry.id).state is EntryState.OFFERED
        assert not tx.notices.about(Subject(entry=line.ada.entry.id))
