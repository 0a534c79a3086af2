"""What every connector to a channel that is told of dates, asked for bookings and told of them does."""

from collections.abc import Sequence
from datetime import date, timedelta

import attrs
import pytest

from booking_adapters.testing.channel import FakeChannel
from booking_adapters.testing.contracts.channels import a_cancellation, a_message
from booking_adapters.testing.contracts.scene import NOW
from booking_core.domain.channels.dates import Dates
from booking_core.domain.channels.restrictions import Restriction
from booking_core.domain.channels.update import Night, Opening, Refused, Update
from booking_core.domain.kernel.money import Money
from booking_core.ports.channel_connector import ChannelConnector, ChannelRefused

FIRST = date(2026, 3, 30)
A_DAY = timedelta(days=1)


def an_update(turn: int = 1, *, left: int = 3) -> Update:
    """Two nights over the end of a month, with something in each field."""
    restriction = Restriction(
        is_stopped=True,
        is_closed_to_arrival=True,
        is_closed_to_departure=True,
        arrival_nights=2,
        through_nights=3,
        most_nights=7,
    )
    plain = Night(date=FIRST, left=left, price=Money(189_00, "USD"))
    return Update(
        code="DLX / 2",
        turn=turn,
        zone="America/New_York",
        dates=(Dates.of_days(FIRST, 3),),
        nights=(
            plain,
            Night(date=FIRST + A_DAY, left=0, restriction=restriction),
            attrs.evolve(plain, date=FIRST + 2 * A_DAY, price=Money(207_780, "KWD")),
        ),
    )


def some_openings(turn: int = 1, *hours: int) -> Update:
    """Departures of a day."""
    openings = tuple(
        Opening(
            start=NOW + each * timedelta(hours=1),
            end=NOW + (each + 1) * timedelta(hours=1),
            left=each,
            price=Money(30_00, "EUR"),
        )
        for each in hours
    )
    dates = (Dates.of_days(NOW.date(), 1),)
    return Update(code="TOUR", turn=turn, zone="UTC", dates=dates, openings=openings)


class ChannelConnectorContract:
    """Needs a `connector` to a fresh `channel`, which the test looks into from behind."""

    def test_the_channel_knows_what_it_was_told(
        self, connector: ChannelConnector, channel: FakeChannel
    ) -> None:
        update = an_update()
        assert list(connector.push(update)) == []
        assert channel.nights["DLX / 2"] == {each.date: each for each in update.nights}

    def test_openings_replace_those_of_their_dates(
        self, connector: ChannelConnector, channel: FakeChannel
    ) -> None:
        connector.push(some_openings(1, 1, 2))
        later = some_openings(2, 2, 3)
        connector.push(later)
        assert channel.openings["TOUR"] == list(later.openings)
        connector.push(some_openings(3))
        assert channel.openings["TOUR"] == []

    def test_telling_it_again_is_no_harm(self, connector: ChannelConnector, channel: FakeChannel) -> None:
        for _ in range(2):
            connector.push(an_update())
        assert channel.nights["DLX / 2"][FIRST].left == 3

    def test_what_comes_late_does_not_undo_what_is_newer(
        self, connector: ChannelConnector, channel: FakeChannel
    ) -> None:
        connector.push(an_update(2, left=1))
        assert list(connector.push(an_update(1, left=9))) == []
        assert channel.nights["DLX / 2"][FIRST].left == 1

    def test_dates_that_it_does_not_accept_are_named(
        self, connector: ChannelConnector, channel: FakeChannel
    ) -> None:
        channel.refuses = {FIRST + A_DAY: "below the least price", FIRST + 99 * A_DAY: "too far"}
        refused: Sequence[Refused] = connector.push(an_update())
        assert list(refused) == [Refused(date=FIRST + A_DAY, reason="below the least price")]
        assert FIRST + A_DAY not in channel.nights["DLX / 2"]

    def test_a_listing_that_it_does_not_know_is_refused(
        self, connector: ChannelConnector, channel: FakeChannel
    ) -> None:
        channel.unknown = {"DLX / 2"}
        with pytest.raises(ChannelRefused):
            connector.push(an_update())

    def test_bookings_come_page_by_page_until_they_are_acknowledged(
        self, connector: ChannelConnector, channel: FakeChannel
    ) -> None:
        sold = [a_message(1), a_message(2), a_cancellation(3), a_message(1, reference="R/ü ?&")]
        channel.page = 3
        channel.sells(*sold)
        first = connector.pull()
        second = connector.pull(first.cursor)
        assert [*first.bookings, *second.bookings] == sold
        assert (bool(first.cursor), second.cursor, list(first.unreadable)) == (True, "", [])
        for _ in range(2):
            connector.acknowledge([each.message for each in sold[:2]])
        assert list(connector.pull().bookings) == sold[2:]
