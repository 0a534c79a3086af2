"""What staff do with notices, on each storage: another copy of one, and other rules."""

from functools import partial

import attrs
import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Storage
from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.kernel.errors import Conflict, InvalidTransition
from booking_core.domain.notices.notice import Notice
from booking_core.usecases.notice_desk import (
    ChangeNotices,
    ChangeNoticesCommand,
    NoticeReference,
    ResendNotice,
)
from tests.integration.notices.house import SETTINGS, House


@pytest.fixture
def house(store: Storage) -> House:
    return House.fresh(store)


def resend(house: House, notice: Notice) -> Notice:
    """Another copy."""
    send = ResendNotice(begin=house.scene.store, clock=house.clock, ids=house.scene.ids)
    return send(NoticeReference(tenant=house.scene.tenant, notice=notice.id))


def test_a_copy_goes_out_beside_the_first_and_can_be_copied_itself(house: House) -> None:
    booked = house.book()
    with pytest.raises(InvalidTransition, match="still to be sent"):
        resend(house, house.notices(booked)[0])
    house.it_is(NOW)
    first = house.notices(booked)[0]
    assert (resend(house, first).copy, house.it_is(NOW)) == (1, [first.owed.rule])
    (copy,) = (each for each in house.notices(booked) if each.copy)
    assert (resend(house, copy).copy, house.it_is(NOW)) == (2, [first.owed.rule])
    keys = [message.key for message in house.post.taken if message.subject == first.owed.rule]
    assert len({*keys}) == 3, "nobody takes a copy for a repeat"


def test_a_copy_is_sent_also_of_what_was_called_off(house: House) -> None:
    booked = house.book()
    house.it_is(NOW)
    first = house.notices(booked)[0]
    house.tell(booked.cancel(NOW))
    house.it_is(NOW)
    resend(house, first)
    assert house.it_is(NOW) == [first.owed.rule]


def test_of_those_who_copy_at_the_same_moment_nobody_writes_over_another(house: House) -> None:
    booked = house.book()
    house.it_is(NOW)
    first = house.notices(booked)[0]
    outcomes = all_at_once(*[partial(resend, house, first)] * 4)
    made = [each.copy for each in outcomes if isinstance(each, Notice)]
    assert all(isinstance(each, Notice | Conflict) for each in outcomes), outcomes
    stored = sorted(each.copy for each in house.notices(booked) if each.copy)
    assert sorted(made) == stored == [*range(1, len(made) + 1)]


def test_the_same_rules_again_write_nothing(house: House) -> None:
    change = ChangeNotices(begin=house.scene.store, clock=house.clock)

    def version(settings: NoticeSettings) -> int:
        change(ChangeNoticesCommand(tenant=house.scene.tenant, settings=settings))
        with house.scene.reading() as tx:
            catalog = tx.catalogs.load()
        assert catalog.notices == settings
        return catalog.version

    before = version(SETTINGS)
    german = attrs.evolve(SETTINGS, language="de")
    assert [version(german), version(german)] == [before + 1, before + 1]
