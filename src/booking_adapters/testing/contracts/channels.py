"""The contracts of ChannelInbox and ChannelLinks: each revision once, settled once, one reservation a booking."""

from datetime import timedelta
from functools import partial

import attrs
import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hour, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.channels.booking import Content, DuplicateExternalReference, ExternalBooking
from booking_core.domain.channels.link import Kind, Link, Message
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.kernel.period import Stay
from booking_core.domain.reservations.party import Customer, Party
from booking_core.ports.channels import Outcome

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


def a_message(revision: int = 1, *, channel: str = "ota", reference: str = "R-1") -> ExternalBooking:
    """A booking with something in each field."""
    content = Content(
        service="room",
        customer=Customer(name="Bob", email="bob@example.com", phone="+41 44 000 00 00"),
        start=hour(10),
        end=hour(11 + revision),
        stay=Stay.between(NOW.date(), NOW.date() + timedelta(days=2)),
        quantity=2,
        party=Party(2, (4, 11)),
        resources=("room", "hall"),
    )
    return ExternalBooking(
        message=Message(channel=channel, reference=reference, revision=revision, kind=Kind.MODIFIED),
        content=content,
    )


def a_cancellation(revision: int = 3, *, reference: str = "R-1") -> ExternalBooking:
    """A booking called off."""
    message = Message(channel="ota", reference=reference, revision=revision, kind=Kind.CANCELLED)
    return ExternalBooking(message=message, content=None)


def received(scene: Scene, *bookings: ExternalBooking, hours_late: int = 0) -> list[bool]:
    """Which of them were new."""
    with scene.begin() as tx:
        return [tx.channels.inbox.receive(each, NOW + hours_late * HOUR) for each in bookings]


def waiting(scene: Scene, limit: int = 9) -> list[ExternalBooking]:
    """What waits."""
    with scene.reading() as tx:
        return list(tx.channels.inbox.waiting(limit))


def settle(scene: Scene, booking: ExternalBooking, outcome: Outcome, *, hours_late: int = 1) -> None:
    """Say what became of a message."""
    with scene.begin() as tx:
        tx.channels.inbox.settle(booking.message, outcome, NOW + hours_late * HOUR, "because")


def owed(scene: Scene, limit: int = 9, *, channel: str = "ota") -> list[Message]:
    """What the channel has not been told of."""
    with scene.reading() as tx:
        return list(tx.channels.inbox.unacknowledged(channel, limit))


class ChannelInboxContract(StorageContract):
    """Receiving, settling, acknowledging."""

    def test_a_revision_is_received_once_and_comes_back_as_it_was(self, scene: Scene) -> None:
        first, second, off = a_message(), a_message(2), a_cancellation()
        assert received(scene, first, second, first, off, off) == [True, True, False, True, False]
        assert received(scene, second) == [False]
        assert waiting(scene) == [first, second, off]

    def test_one_revision_cannot_say_two_things(self, scene: Scene) -> None:
        received(scene, a_message())
        said = a_message().content
        assert said is not None
        other = attrs.evolve(a_message(), content=attrs.evolve(said, quantity=1))
        for refused in (other, a_cancellation(1)):
            with pytest.raises(DuplicateExternalReference):
                received(scene, a_message(9), refused)
        assert waiting(scene) == [a_message()]

    def test_what_came_first_waits_in_front(self, scene: Scene) -> None:
        received(scene, a_message(reference="late"), hours_late=2)
        received(scene, a_message(reference="early"))
        assert [each.message.reference for each in waiting(scene)] == ["early", "late"]
        assert [each.message.reference for each in waiting(scene, 1)] == ["early"]

    def test_a_message_is_settled_once(self, scene: Scene) -> None:
        received(scene, a_message())
        settle(scene, a_message(), Outcome.FOLLOWED)
        for outcome in Outcome:
            with pytest.raises(StaleVersion):
                settle(scene, a_message(), outcome)
        with pytest.raises(StaleVersion):
            settle(scene, a_message(2), Outcome.FOLLOWED)
        assert waiting(scene) == []

    def test_what_was_settled_is_still_known(self, scene: Scene) -> None:
        received(scene, a_message())
        settle(scene, a_message(), Outcome.FOLLOWED)
        assert received(scene, a_message()) == [False]
        assert waiting(scene) == []

    def test_of_many_who_settle_it_one_does(self, scene: Scene) -> None:
        received(scene, a_message())
        outcomes = all_at_once(*[partial(settle, scene, a_message(), Outcome.FOLLOWED)] * 4)
        assert sum(outcome is None for outcome in outcomes) == 1
        assert all(isinstance(each, StaleVersion) for each in outcomes if each is not None)

    def test_of_many_who_receive_it_one_finds_it_new(self, scene: Scene) -> None:
        outcomes = all_at_once(*[partial(received, scene, a_message())] * 4)
        assert sorted(map(str, outcomes)) == ["[False]"] * 3 + ["[True]"]

    def test_what_failed_can_wait_again(self, scene: Scene) -> None:
        received(scene, a_message(), a_message(2))
        settle(scene, a_message(), Outcome.FAILED)
        assert waiting(scene) == [a_message(2)]
        with scene.begin() as tx:
            tx.channels.inbox.requeue(a_message().message)
        assert waiting(scene) == [a_message(), a_message(2)]

    def test_what_did_not_fail_cannot_be_requeued(self, scene: Scene) -> None:
        received(scene, a_message(), a_message(2))
        settle(scene, a_message(2), Outcome.STALE)
        for known in (a_message(), a_message(2), a_message(3)):
            with pytest.raises(NotFound), scene.begin() as tx:
                tx.channels.inbox.requeue(known.message)

    def test_a_channel_is_told_of_what_came_to_a_good_end_and_once(self, scene: Scene) -> None:
        followed, stale, failed, waits = (a_message(n) for n in range(1, 5))
        other = a_message(channel="other")
        received(scene, followed, stale, failed, waits, other)
        settle(scene, followed, Outcome.FOLLOWED, hours_late=2)
        settle(scene, stale, Outcome.STALE, hours_late=1)
        settle(scene, failed, Outcome.FAILED)
        settle(scene, other, Outcome.FOLLOWED)
        assert owed(scene) == [stale.message, followed.message]
        assert owed(scene, 1) == [stale.message]
        assert owed(scene, channel="other") == [other.message]
        for _ in range(2):
            with scene.begin() as tx:
                tx.channels.inbox.acknowledged([stale.message], LATER)
        assert owed(scene) == [followed.message]

    def test_what_was_rolled_back_was_not_received(self, scene: Scene) -> None:
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.channels.inbox.receive(a_message(), NOW)
            raise RuntimeError
        assert waiting(scene) == []

    def test_tenants_are_told_apart(self, store: Storage, scene: Scene) -> None:
        neighbour = Scene.fresh(store)
        received(scene, a_message())
        assert waiting(neighbour) == []
        assert received(neighbour, a_message()) == [True]


def a_link(revision: int = 1, reservation: ClaimId | None = None, *, reference: str = "R-1") -> Link:
    """A link; without a reservation it is one of a cancellation that came first."""
    return Link(
        channel="ota",
        reference=reference,
        revision=revision,
        reservation=reservation,
        is_cancelled=reservation is None,
        violations=("minimum_notice", "stop_sell") if revision > 1 else (),
    )


def save(scene: Scene, link: Link, before: Link | None = None) -> None:
    """Write a link."""
    with scene.begin() as tx:
        tx.channels.links.save(link, before)


class ChannelLinksContract(StorageContract):
    """One reservation a booking, and one booking a reservation."""

    def test_a_link_is_found_by_both_its_ends(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        save(scene, a_link(1, booked))
        save(scene, a_link(2, booked), a_link(1, booked))
        with scene.reading() as tx:
            assert tx.channels.links.find("ota", "R-1") == a_link(2, booked)
            assert tx.channels.links.of_reservation(booked) == a_link(2, booked)

    def test_what_is_not_linked_is_not_found(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        save(scene, a_link())
        with scene.reading() as tx:
            assert tx.channels.links.find("ota", "R-1") == a_link()
            assert tx.channels.links.find("other", "R-1") is None
            assert tx.channels.links.find("ota", "R-2") is None
            assert tx.channels.links.of_reservation(booked) is None

    def test_a_link_is_changed_from_what_is_stored(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        save(scene, a_link(2, booked))
        for before, refusal in ((None, Conflict), (a_link(1, booked), StaleVersion)):
            with pytest.raises(refusal):
                save(scene, a_link(3, booked), before)
        with pytest.raises(StaleVersion):
            save(scene, a_link(2, reference="R-2"), a_link(1, reference="R-2"))

    def test_a_reservation_is_one_booking(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        save(scene, a_link(1, booked))
        with pytest.raises(Conflict):
            save(scene, a_link(1, booked, reference="R-2"))

    def test_a_link_leads_to_a_reservation_of_the_tenant(self, store: Storage, scene: Scene) -> None:
        foreign = Scene.fresh(store).reserve("room", hours(10, 11)).id
        with pytest.raises(Conflict):
            save(scene, a_link(1, foreign))

    def test_links_are_listed_the_newest_first_and_page_by_page(self, scene: Scene) -> None:
        booked = [scene.reserve("pool", hours(10, 11), lanes=[lane]).id for lane in (1, 2, 3)]
        links = [a_link(1 + nth % 2, each, reference=f"R-{nth}") for nth, each in enumerate(booked)]
        for link in (*links, a_link(reference="R-9")):
            save(scene, link)
        with scene.reading() as tx:
            assert tx.channels.links.listed(2) == [links[2], links[1]]
            assert tx.channels.links.listed(2, booked[1]) == [links[0]]
            assert tx.channels.links.listed(9, only_flagged=True) == [links[1]]
            assert tx.channels.links.listed(9, booked[1], only_flagged=True) == []

    def test_of_many_who_link_a_booking_one_does(self, scene: Scene) -> None:
        booked = [scene.reserve("pool", hours(10, 11), lanes=[lane]).id for lane in (1, 2, 3)]
        outcomes = all_at_once(*(partial(save, scene, a_link(1, each)) for each in booked))
        assert sum(outcome is None for outcome in outcomes) == 1
        assert all(isinstance(each, Conflict) for each in outcomes if each is not None)
