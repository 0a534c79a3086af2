"""Calendars that others may read, over the storages."""

from contextlib import AbstractContextManager

import attrs
import pytest
from icalendar import Calendar

from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.calendars.events import IcsWriter
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.builders import a_salon
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.calendars.feed import Detail, FeedKind
from booking_core.domain.kernel.errors import Conflict, InvalidInput, NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.party import Customer
from booking_core.ports.storage import Transaction
from booking_core.usecases import calendar_feeds
from booking_core.usecases.calendar_feeds import (
    FeedPage,
    FeedQuery,
    FeedReference,
    OpenedFeed,
    OpenFeed,
    OpenFeedCommand,
    ReadFeed,
    RevokeFeed,
    RotateFeed,
)

ADA = Customer(name="Ada Lovelace", email="ada@example.com", phone="+4930123456")


@pytest.fixture
def scene(store: Storage) -> Scene:
    return Scene.fresh(store)


def opened(scene: Scene, detail: Detail = Detail.BUSY, kind: FeedKind = FeedKind.RESOURCE) -> OpenedFeed:
    subject = "room" if kind is FeedKind.RESOURCE else "main"
    command = OpenFeedCommand(tenant=scene.tenant, kind=kind, subject=subject, name="Room", detail=detail)
    return OpenFeed(begin=scene.store, clock=FixedClock(NOW), ids=scene.ids, tokens=SecretTokens())(command)


def read(scene: Scene, token: str) -> FeedPage:
    reader = ReadFeed(begin=scene.store, clock=FixedClock(NOW), writer=IcsWriter())
    return reader(FeedQuery(tenant=scene.tenant, token=token))


def sequences(page: FeedPage) -> dict[str, tuple[int, str]]:
    """UID to SEQUENCE and STATUS."""
    events = Calendar.from_ical(page.content).walk("VEVENT")
    return {str(each["UID"]): (int(str(each["SEQUENCE"])), str(each["STATUS"])) for each in events}


def test_a_change_counts_the_sequence_up_and_a_cancellation_stays_to_be_seen(scene: Scene) -> None:
    """Section 6 item 15 of the scenarios."""
    feed = opened(scene)
    booked = scene.reserve("room", hours(10, 11))
    uid = str(booked.id)
    assert sequences(read(scene, feed.token)) == {uid: (1, "CONFIRMED")}
    moved = scene.update(scene.a_move(booked, hours(14, 15)))
    assert sequences(read(scene, feed.token)) == {uid: (2, "CONFIRMED")}
    scene.update(moved.cancel(NOW))
    assert sequences(read(scene, feed.token)) == {uid: (3, "CANCELLED")}


def test_a_feed_shows_its_resource_and_one_of_the_venue_everything(scene: Scene) -> None:
    room, hall = scene.reserve("room", hours(10, 11)), scene.reserve("hall", hours(10, 11))
    assert set(sequences(read(scene, opened(scene).token))) == {str(room.id)}
    everything = opened(scene, kind=FeedKind.VENUE)
    assert set(sequences(read(scene, everything.token))) == {str(room.id), str(hall.id)}


def test_a_feed_shows_what_staff_closed_and_not_what_another_calendar_did(scene: Scene) -> None:
    closed = scene.close("room", hours(10, 11))
    scene.close("room", hours(12, 13), source="calendar:elsewhere", reference="lunch")
    assert sequences(read(scene, opened(scene).token)) == {str(closed.id): (0, "CONFIRMED")}


@pytest.mark.parametrize("detail", list(Detail))
def test_personal_data_is_in_no_feed_but_those_for_staff(scene: Scene, detail: Detail) -> None:
    scene.reserve("room", hours(10, 11), customer=ADA)
    content = read(scene, opened(scene, detail).token).content
    for each in (b"Lovelace", b"ada@example.com", b"+4930123456"):
        assert (each in content) == (detail is Detail.CUSTOMERS)


def test_a_feed_of_nights_shows_sites_what_they_must_not_sell(scene: Scene) -> None:
    booked = scene.reserve("room", hours(10, 11, day=1), customer=ADA)
    cancelled = scene.reserve("room", hours(10, 11, day=3))
    scene.update(cancelled.cancel(NOW))
    gone = scene.update(scene.reserve("room", hours(10, 11)).check_in(NOW))
    scene.update(gone.complete(NOW))
    closed = scene.close("room", hours(10, 11, day=5))
    events = Calendar.from_ical(read(scene, opened(scene, Detail.NIGHTS).token).content).walk("VEVENT")
    assert {str(each["UID"]) for each in events} == {str(booked.id), str(closed.id)}
    assert {str(each["SUMMARY"]) for each in events} == {"Not available"}
    for each in events:
        text = each.to_ical().decode()
        assert "DTSTART;VALUE=DATE:2030" in text
        assert "DTEND;VALUE=DATE:2030" in text


@pytest.mark.parametrize(("kind", "subject"), [(FeedKind.VENUE, "main"), (FeedKind.RESOURCE, "pool")])
def test_nights_are_of_one_unit(scene: Scene, kind: FeedKind, subject: str) -> None:
    command = OpenFeedCommand(
        tenant=scene.tenant, kind=kind, subject=subject, name="Room", detail=Detail.NIGHTS
    )
    with pytest.raises(InvalidInput):
        OpenFeed(begin=scene.store, clock=FixedClock(NOW), ids=scene.ids, tokens=SecretTokens())(command)


def test_the_same_state_has_the_same_fingerprint_and_time(scene: Scene) -> None:
    feed = opened(scene)
    first = read(scene, feed.token)
    assert read(scene, feed.token) == first
    scene.reserve("room", hours(10, 11))
    second = read(scene, feed.token)
    assert second.digest != first.digest
    assert second.changed_at > first.changed_at


def test_a_rotated_or_revoked_address_leads_nowhere(scene: Scene) -> None:
    feed = opened(scene)
    reference = FeedReference(tenant=scene.tenant, feed=feed.feed.id)
    rotated = RotateFeed(begin=scene.store, clock=FixedClock(NOW), tokens=SecretTokens())(reference)
    with pytest.raises(NotFound):
        read(scene, feed.token)
    assert read(scene, rotated.token).content
    RevokeFeed(begin=scene.store, clock=FixedClock(NOW))(reference)
    with pytest.raises(NotFound):
        read(scene, rotated.token)


def test_a_token_has_more_than_128_bits_and_is_not_kept(scene: Scene) -> None:
    feed = opened(scene)
    assert len(feed.token) == 43
    assert feed.token not in f"{feed!r}{feed.feed!r}{feed.feed.token_hash}"


def test_a_member_of_staff_a_chair_and_the_venue_each_have_a_feed_of_the_same_haircut(store: Storage) -> None:
    salon = TheEngine(store, FixedClock(NOW)).opens(a_salon())
    booked = salon.book("haircut", "2030-01-08 10:00", by=["mia"])
    shows = {}
    for kind, subject in (
        (FeedKind.RESOURCE, "mia"),
        (FeedKind.RESOURCE, salon.who(booked)[1]),
        (FeedKind.VENUE, "main"),
        (FeedKind.RESOURCE, "noah"),
    ):
        command = OpenFeedCommand(tenant=salon.tenant, kind=kind, subject=subject, name=subject)
        made = OpenFeed(begin=store, clock=FixedClock(NOW), ids=salon.engine.ids, tokens=SecretTokens())(
            command
        )
        reader = ReadFeed(begin=store, clock=FixedClock(NOW), writer=IcsWriter())
        shows[subject] = set(sequences(reader(FeedQuery(tenant=salon.tenant, token=made.token))))
    assert shows == {
        "mia": {str(booked.id)},
        "chair-1": {str(booked.id)},
        "main": {str(booked.id)},
        "noah": set(),
    }


def test_a_long_calendar_is_read_page_by_page(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_feeds, "MOST_OF_A_PAGE", 2)
    booked = {str(scene.reserve("room", hours(hour, hour + 1)).id) for hour in (8, 9, 10, 11)}
    assert set(sequences(read(scene, opened(scene).token))) == booked


def test_there_are_only_so_many_feeds_and_each_has_a_name_of_one_line(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = OpenFeed(begin=scene.store, clock=FixedClock(NOW), ids=scene.ids, tokens=SecretTokens())
    command = OpenFeedCommand(tenant=scene.tenant, kind=FeedKind.RESOURCE, subject="room", name="Room")
    for name in ("", "  ", "two\nlines", "a\tb"):
        with pytest.raises(InvalidInput):
            opens(attrs.evolve(command, name=name))
    monkeypatch.setattr(calendar_feeds, "MOST_FEEDS", 0)
    with pytest.raises(InvalidInput, match="already"):
        opens(command)


def test_two_who_read_a_changed_feed_at_once_agree_since_when_it_shows_that(scene: Scene) -> None:
    token = opened(scene).token
    scene.reserve("room", hours(10, 11))

    @attrs.frozen
    class Outpaced:
        """Somebody else reads the feed before this one writes down what it shows."""

        def reading(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
            return scene.store.reading(tenant)

        def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> AbstractContextManager[Transaction]:
            read(scene, token)
            return scene.store(tenant, actor)

    slower = ReadFeed(begin=Outpaced(), clock=FixedClock(NOW), writer=IcsWriter())
    query = FeedQuery(tenant=scene.tenant, token=token)
    with pytest.raises(Conflict):
        slower(query)
    assert slower(query) == read(scene, token)
