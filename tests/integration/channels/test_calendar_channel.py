"""A site with a calendar as a channel: it is told nothing, and asked until what it sold was imported."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NoReturn

import attrs
import pytest

from booking_adapters.channels.calendar_channel import CalendarChannel, CalendarChannels
from booking_adapters.channels.together import EveryChannel
from booking_adapters.testing.channel import Connected, FakeChannel
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.channels.dates import Dates
from booking_core.domain.channels.update import Update
from booking_core.domain.kernel.errors import Conflict
from booking_core.ports.channel_connector import ChannelUnavailable
from tests.integration.channels.site import Site, event, site

DATES, LATER = "2026-03-10/2026-03-12", "2026-03-20/2026-03-22"


@pytest.fixture
def rental(engine: TheEngine) -> Iterator[Site]:
    """A site whose calendar was read, and nothing of it imported."""
    with site(engine) as made:
        made.place.says(event("a@site", DATES), event("b@site", LATER))
        made.refreshes()(made.house.tenant)
        yield made


def channel(rental: Site) -> CalendarChannel:
    return CalendarChannel(begin=rental.engine.store, tenant=rental.house.tenant, name=rental.channel)


def test_what_was_read_is_sent_until_it_is_acknowledged(rental: Site) -> None:
    first = channel(rental).pull()
    assert [each.message.reference for each in first.bookings] == ["cabin-1:a@site", "cabin-1:b@site"]
    assert (first.cursor, list(first.unreadable)) == ("", [])
    assert channel(rental).pull() == first
    for _ in range(2):
        channel(rental).acknowledge([first.bookings[0].message])
    assert list(channel(rental).pull().bookings) == list(first.bookings[1:])


def test_the_site_is_told_nothing_for_it_reads_our_calendar(rental: Site) -> None:
    update = Update(code="x", turn=1, zone="UTC", dates=(Dates.of_days(date(2026, 3, 10), 1),))
    before = len(rental.place.asked)
    assert list(channel(rental).push(update)) == []
    assert len(rental.place.asked) == before
    assert channel(rental).dating


@attrs.frozen
class Busy:
    """A UnitOfWork in which somebody else is always faster."""

    def __call__(self, *_: Any) -> NoReturn:
        raise Conflict("somebody was faster")

    reading = __call__


def test_a_calendar_that_is_read_at_the_same_moment_is_acknowledged_later(rental: Site) -> None:
    told = [each.message for each in channel(rental).pull().bookings]
    with pytest.raises(ChannelUnavailable):
        attrs.evolve(channel(rental), begin=Busy()).acknowledge(told)  # type: ignore[arg-type]
    assert len(channel(rental).pull().bookings) == 2


def test_a_tenant_has_the_channels_of_its_calendars_and_others(rental: Site) -> None:
    calendars = CalendarChannels(rental.engine.store)
    every = EveryChannel([calendars, Connected.to(FakeChannel())])
    assert set(every.of(rental.house.tenant)) == {"ical:site", "ota"}
    with pytest.raises(AssertionError):
        EveryChannel([calendars, calendars]).of(rental.house.tenant)
