"""The contracts of Notices, Links and PushSubscriptions: owed once, taken by one sender at a time."""

from datetime import timedelta
from functools import partial

import attrs
import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_adapters.testing.contracts.waitlist import an_entry
from booking_core.domain.catalog.notice_rules import Audience, NoticeChannel, Occasion
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import BrowserId, ClaimId, NoticeId, WaitlistEntryId
from booking_core.domain.notices.link import Link, Purpose, token_hash
from booking_core.domain.notices.notice import Notice, NoticeState, Owed
from booking_core.domain.notices.subject import Subject
from booking_core.domain.notices.subscription import PushSubscription
from booking_core.domain.waitlist.entry import WaitlistEntry

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=2)


def owed(
    reservation: ClaimId | Subject, rule: str = "reminder-1h-sms", *, due: timedelta = HOUR, version: int = 1
) -> Owed:
    """A reminder about a reservation."""
    return Owed(
        about=reservation if isinstance(reservation, Subject) else Subject(reservation=reservation),
        version=version,
        rule=rule,
        occasion=Occasion.UPCOMING,
        audience=Audience.CLIENT,
        channel=NoticeChannel.SMS,
        address="+4915112345678",
        template="reminder",
        language="de",
        due_at=NOW + due,
        useful_until=NOW + due + HOUR,
    )


def offered(scene: Scene) -> WaitlistEntry:
    """Somebody who waits, and is offered a room."""
    entry = an_entry(scene, hours(10, 11))
    hold = scene.a_hold("room", hours(10, 11)).state
    change = entry.make_offer(hold, NOW)
    with scene.begin() as tx:
        tx.waitlist.save(entry.join())
        tx.waitlist.save(change)
    return change.state


def in_line(scene: Scene) -> Subject:
    """Somebody who waits, as a notice is about them."""
    return Subject(entry=offered(scene).id)


def a_notice(scene: Scene, what: Owed) -> Notice:
    """A notice that nobody has written."""
    return Notice.plan(what, id=NoticeId(scene.ids.new()), at=NOW)


def planned(scene: Scene, *notices: Notice) -> int:
    """Write them; how many were new."""
    with scene.begin() as tx:
        return tx.notices.plan(notices)


def saved(scene: Scene, change: Change[Notice, Notice]) -> Notice:
    """Write what became of one."""
    with scene.begin() as tx:
        tx.notices.save(change)
    return change.state


def stored(scene: Scene, notice: Notice) -> Notice:
    """As it is stored."""
    with scene.reading() as tx:
        return tx.notices.get(notice.id)


class NoticesContract(StorageContract):
    """Planning, taking, changing, listing."""

    def test_a_notice_is_kept_as_it_is(self, scene: Scene) -> None:
        notice = a_notice(scene, owed(scene.reserve("room", hours(10, 11)).id))
        assert planned(scene, notice) == 1
        assert stored(scene, notice) == notice
        with scene.reading() as tx:
            assert list(tx.notices.about(notice.owed.about)) == [notice]
            assert list(tx.notices.about(Subject(reservation=ClaimId(scene.ids.new())))) == []
            with pytest.raises(NotFound):
                tx.notices.get(NoticeId(scene.ids.new()))

    def test_what_is_owed_once_is_planned_once(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        first = a_notice(scene, owed(booked))
        assert planned(scene, first) == 1
        again, other_rule = a_notice(scene, owed(booked)), a_notice(scene, owed(booked, "reminder-24h-sms"))
        moved = a_notice(scene, owed(booked, version=2))
        copied = first.again(id=NoticeId(scene.ids.new()), copy=1, at=NOW)
        assert planned(scene, again, other_rule, moved, copied, again) == 3
        with scene.reading() as tx:
            assert {each.id for each in tx.notices.about(Subject(reservation=booked))} == {
                each.id for each in (first, other_rule, moved, copied)
            }

    def test_of_many_who_plan_the_same_one_does(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        outcomes = all_at_once(*(partial(planned, scene, a_notice(scene, owed(booked))) for _ in range(4)))
        assert sorted(map(str, outcomes)) == ["0", "0", "0", "1"]

    def test_a_notice_about_nothing_is_refused(self, scene: Scene) -> None:
        with pytest.raises(Conflict):
            planned(scene, a_notice(scene, owed(ClaimId(scene.ids.new()))))

    def test_a_notice_to_who_waits_is_kept_and_owed_once(self, scene: Scene) -> None:
        about, other = in_line(scene), in_line(scene)
        booked = scene.reserve("room", hours(10, 11)).id
        notice, elsewhere = a_notice(scene, owed(about)), a_notice(scene, owed(other))
        assert planned(scene, notice, elsewhere, a_notice(scene, owed(booked))) == 3
        assert planned(scene, a_notice(scene, owed(about)), a_notice(scene, owed(about, version=2))) == 1
        assert stored(scene, notice) == notice
        with scene.reading() as tx:
            assert [each.owed.version for each in tx.notices.about(about)] == [1, 2]
            assert list(tx.notices.about(other)) == [elsewhere]
        sent = saved(scene, notice.lease(NOW + HOUR, LEASE))
        assert stored(scene, notice) == sent

    def test_a_notice_to_nobody_who_waits_is_refused(self, scene: Scene) -> None:
        with pytest.raises(Conflict):
            planned(scene, a_notice(scene, owed(Subject(entry=WaitlistEntryId(scene.ids.new())))))

    def test_the_longest_due_are_taken_first_and_once(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        late, early = (
            a_notice(scene, owed(booked, rule, due=due)) for rule, due in (("b", 2 * HOUR), ("a", HOUR))
        )
        planned(scene, late, early)
        with scene.begin() as tx:
            assert list(tx.notices.lease(NOW, 9, LEASE)) == []
            (taken,) = tx.notices.lease(NOW + 2 * HOUR, 1, LEASE)
        assert (taken.id, taken.state, taken.attempts) == (early.id, NoticeState.SENDING, 1)
        with scene.begin() as tx:
            (other,) = tx.notices.lease(NOW + 2 * HOUR, 9, LEASE)
        assert other.id == late.id
        assert stored(scene, early) == taken

    def test_a_lease_that_ran_out_is_taken_over_as_a_possible_repeat(self, scene: Scene) -> None:
        notice = a_notice(scene, owed(scene.reserve("room", hours(10, 11)).id))
        planned(scene, notice)
        with scene.begin() as tx:
            (first,) = tx.notices.lease(NOW + HOUR, 9, LEASE)
        with scene.begin() as tx:
            (again,) = tx.notices.lease(NOW + HOUR + LEASE, 9, LEASE)
        assert (first.may_be_repeat, again.may_be_repeat) == (False, True)
        with pytest.raises(StaleVersion):
            saved(scene, first.sent("the first one is slow", NOW + HOUR + LEASE))
        done = saved(scene, again.sent("SM1", NOW + HOUR + LEASE))
        with scene.begin() as tx:
            assert list(tx.notices.lease(NOW + 99 * HOUR, 9, LEASE)) == []
        assert stored(scene, notice) == done

    def test_two_senders_never_have_the_same_notice(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        every = [a_notice(scene, owed(booked, f"rule-{number}")) for number in range(12)]
        planned(scene, *every)

        def work() -> list[NoticeId]:
            mine: list[NoticeId] = []
            for _ in range(12):
                with scene.begin() as tx:
                    mine += [each.id for each in tx.notices.lease(NOW + HOUR, 2, LEASE)]
            return mine

        outcomes = all_at_once(*[work] * 4)
        taken = [each for mine in outcomes if isinstance(mine, list) for each in mine]
        assert sorted(taken) == [each.id for each in every], outcomes

    def test_the_latest_are_listed_first(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11)).id
        first, second, third = (a_notice(scene, owed(booked, f"rule-{number}")) for number in range(3))
        planned(scene, first, second, third)
        gone = saved(scene, second.supersede("the reservation was moved", NOW))
        with scene.reading() as tx:
            assert list(tx.notices.listed(9)) == [third, gone, first]
            assert list(tx.notices.listed(1)) == [third]
            assert list(tx.notices.listed(9, before=third.id)) == [gone, first]
            assert list(tx.notices.listed(9, NoticeState.SUPERSEDED)) == [gone]
            assert list(tx.notices.listed(9, NoticeState.DUE, third.id)) == [first]

    def test_tenants_are_told_apart(self, store: Storage, scene: Scene) -> None:
        neighbour = Scene.fresh(store)
        notice = a_notice(scene, owed(scene.reserve("room", hours(10, 11)).id))
        planned(scene, notice)
        with neighbour.begin() as tx:
            assert list(tx.notices.lease(NOW + HOUR, 9, LEASE)) == []
            assert list(tx.notices.listed(9)) == []
        with pytest.raises(NotFound):
            stored(neighbour, notice)


class LinksContract(StorageContract):
    """Given away, revoked, forgotten."""

    def test_a_link_is_found_by_the_hash_of_its_token(self, scene: Scene) -> None:
        link = Link.to_manage(scene.reserve("room", hours(10, 11)), "a token")
        with scene.begin() as tx:
            tx.links.keep(link)
        with scene.reading() as tx:
            assert tx.links.find(token_hash("a token")) == link
            assert tx.links.find(token_hash("another")) is None

    def test_every_link_of_a_reservation_is_revoked(self, scene: Scene) -> None:
        booked, other = scene.reserve("room", hours(10, 11)), scene.reserve("room", hours(11, 12))
        with scene.begin() as tx:
            for reservation, token in ((booked, "1"), (booked, "2"), (other, "3")):
                tx.links.keep(Link.to_manage(reservation, token))
        with scene.begin() as tx:
            assert tx.links.revoke(Subject(reservation=booked.id), NOW) == 2
            assert tx.links.revoke(Subject(reservation=booked.id), NOW + HOUR) == 0
        with scene.reading() as tx:
            links = [tx.links.find(token_hash(token)) for token in "123"]
        assert [each and each.is_good(Purpose.MANAGE, NOW) for each in links] == [False, False, True]
        assert [each and each.revoked_at for each in links] == [NOW, NOW, None]

    def test_what_expired_is_forgotten(self, scene: Scene) -> None:
        link = Link.to_manage(scene.reserve("room", hours(10, 11)), "old")
        with scene.begin() as tx:
            tx.links.keep(link)
            assert tx.links.forget_expired(link.expires_at - HOUR, 9) == 0
        with scene.begin() as tx:
            assert tx.links.forget_expired(link.expires_at, 9) == 1
            assert tx.links.find(link.hash) is None

    def test_a_link_may_be_to_an_offer(self, scene: Scene) -> None:
        entry, other = (offered(scene) for _ in range(2))
        links = [Link.to_answer(each, f"to {each.id}") for each in (entry, other)]
        with scene.begin() as tx:
            for link in links:
                tx.links.keep(link)
        with scene.begin() as tx:
            assert [tx.links.find(link.hash) for link in links] == links
            assert tx.links.revoke(links[0].about, NOW) == 1
        with scene.reading() as tx:
            found = [tx.links.find(link.hash) for link in links]
        assert [each and each.is_good(Purpose.OFFER, NOW) for each in found] == [False, True]

    def test_a_link_to_nothing_is_refused(self, scene: Scene) -> None:
        link = Link.to_manage(scene.a_reservation("room", hours(10, 11)).state, "token")
        with pytest.raises(Conflict), scene.begin() as tx:
            tx.links.keep(link)


def a_subscription(scene: Scene, endpoint: str = "https://push.example/1") -> PushSubscription:
    """An administrator's browser."""
    return PushSubscription(
        id=BrowserId(scene.ids.new()), endpoint=endpoint, p256dh="B" * 87, auth="a" * 22, added_at=NOW
    )


class PushSubscriptionsContract(StorageContract):
    """Kept, renewed, forgotten."""

    def test_a_browser_is_kept_until_it_is_removed(self, scene: Scene) -> None:
        first, second = a_subscription(scene), a_subscription(scene, "https://push.example/2")
        with scene.begin() as tx:
            assert tx.push_subscriptions.keep(first) == first
            tx.push_subscriptions.keep(second)
        with scene.begin() as tx:
            assert list(tx.push_subscriptions.all()) == [first, second]
            assert tx.push_subscriptions.remove(first.id)
            assert not tx.push_subscriptions.remove(first.id)
        with scene.reading() as tx:
            assert tx.push_subscriptions.find(first.id) is None
            assert tx.push_subscriptions.find(second.id) == second

    def test_a_known_browser_keeps_its_id_and_gets_its_new_keys(self, scene: Scene) -> None:
        first = a_subscription(scene)
        renewed = attrs.evolve(first, id=BrowserId(scene.ids.new()), auth="b" * 22, resource="mia")
        with scene.begin() as tx:
            tx.push_subscriptions.keep(first)
            assert tx.push_subscriptions.keep(renewed) == attrs.evolve(renewed, id=first.id)
            assert list(tx.push_subscriptions.all()) == [attrs.evolve(renewed, id=first.id)]
