"""Whoever waits in line is told of an offer, answers it by the link of the mail, and is told of its end."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import attrs
import pytest
from litestar.testing import TestClient

from booking_adapters.http import create_app
from booking_adapters.testing.contracts.scene import Storage
from booking_core.domain.catalog.notice_rules import (
    Audience,
    Contact,
    NoticeChannel,
    NoticeRule,
    NoticeSettings,
    NoticeTemplate,
    Occasion,
)
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import NoticeId
from booking_core.domain.notices.notice import NoticeState
from booking_core.domain.notices.subject import Subject
from booking_core.domain.waitlist.entry import EntryState
from booking_core.usecases.notice_desk import NoticeReference
from booking_core.usecases.waitlist import EntryReference
from tests.integration.notices.house import PostOffice
from tests.integration.notices.test_doctor import broken, lose
from tests.integration.notices.tours import DEPARTURE, GUEST, LAPSED, OFFER, TWO_HOURS, Tour, link_in, text_of


@pytest.fixture
def tour(store: Storage, tmp_path: Path) -> Tour:
    return Tour.sold_out(store, tmp_path / "outbox")


def test_the_first_in_line_gets_a_mail_and_books_by_its_link(tour: Tour) -> None:
    ada, bob = tour.waits("ada"), tour.waits("bob")
    tour.office.works()
    assert (tour.subjects("ada"), tour.subjects("bob")) == ([], [])
    tour.is_given_back()
    tour.office.works()
    assert (tour.subjects("ada"), tour.subjects("bob")) == ([OFFER], [])
    (mail,) = tour.mails_to("ada")
    text = text_of(mail)
    assert "Hello Ada," in text
    assert "Tour\nTuesday, March 3, 2026, 10:00 AM - 1:00 PM\n" in text
    assert "until Monday, March 2, 2026, 9:00 AM." in text
    assert link_in(text_of(mail, "html")) == link_in(text)
    assert ada.token not in text
    with TestClient(create_app(tour.office.deployment.engine)) as client:
        path = link_in(text)
        for _ in range(2):
            shown = client.get(path)
            assert (shown.status_code, shown.json()["state"]) == (200, "offered")
            assert shown.headers["referrer-policy"] == "no-referrer"
        accepted = client.post(f"{path}/accept")
        assert (accepted.status_code, accepted.json()["status"]) == (200, "confirmed")
        assert client.post(f"{path}/accept").json()["id"] == accepted.json()["id"]
        assert client.get(path).json()["reservation"] == accepted.json()["id"]
        refused = client.post(f"{path}/leave")
        assert (refused.status_code, refused.json()["code"]) == (409, "INVALID_TRANSITION")
    tour.office.works()
    assert tour.subjects("ada")[0] == OFFER
    assert len(tour.subjects("ada")) == 3, "placed and confirmed, like any booking"
    assert (tour.subjects("bob"), tour.state(bob)) == ([], EntryState.WAITING)
    assert broken(tour.office) == {}


def test_an_offer_that_lapses_is_told_to_the_next_and_its_end_to_the_first(tour: Tour) -> None:
    ada, bob = tour.waits("ada"), tour.waits("bob")
    tour.is_given_back()
    tour.office.works()
    path = link_in(text_of(tour.mails_to("ada")[0]))
    tour.office.clock.advance(TWO_HOURS)
    tour.office.works()
    assert tour.subjects("ada") == [OFFER, LAPSED]
    assert tour.subjects("bob") == [OFFER]
    assert "/offers/" not in text_of(tour.mails_to("ada")[1])
    with TestClient(create_app(tour.office.deployment.engine)) as client:
        assert client.get(path).json()["state"] == "lapsed"
        refused = client.post(f"{path}/accept")
        assert (refused.status_code, refused.json()["code"]) == (409, "OFFER_LAPSED")
        declined = client.post(f"{link_in(text_of(tour.mails_to('bob')[0]))}/leave")
        assert declined.json()["state"] == "declined"
    tour.office.works()
    assert tour.subjects("bob") == [OFFER]
    assert [tour.state(each) for each in (ada, bob)] == [EntryState.LAPSED, EntryState.DECLINED]
    assert broken(tour.office) == {}


def test_a_link_opens_one_offer_for_a_while_and_nothing_else(tour: Tour) -> None:
    ada, bob = tour.waits("ada"), tour.waits("bob")
    tour.is_given_back()
    tour.office.works()
    path = link_in(text_of(tour.mails_to("ada")[0]))
    token = path.rpartition("/")[2]
    with TestClient(create_app(tour.office.deployment.engine)) as client:
        assert client.get(f"/v1/city-tours/manage/{token}").status_code == 404
        assert client.get(f"{path}x").status_code == 404
        for joined, status in ((bob, 404), (ada, 200)):
            answer = client.post(f"/v1/city-tours/waitlist/{joined.entry.id}", json={"token": token})
            assert answer.status_code == status
        with tour.office.store(tour.office.tenant) as tx:
            assert tx.links.revoke(Subject(entry=ada.entry.id), tour.office.clock.now()) == 1
        assert client.get(path).status_code == 404
        assert client.post(f"{path}/accept").status_code == 404
        answer = client.post(f"/v1/city-tours/waitlist/{ada.entry.id}", json={"token": token})
        assert answer.status_code == 404


def test_who_left_before_the_mail_went_out_gets_none(tour: Tour) -> None:
    ada, bob = tour.waits("ada"), tour.waits("bob")
    tour.is_given_back()
    tour.offers_and_tells_nobody_yet()
    tour.leaves(ada)
    tour.does("send notices")
    assert tour.subjects("ada") == []
    (offer,) = tour.notices(ada)
    assert (offer.state, offer.reason) == (NoticeState.SUPERSEDED, "the offer is declined")
    tour.office.works()
    assert (tour.subjects("ada"), tour.subjects("bob")) == ([], [OFFER])
    assert tour.state(bob) is EntryState.OFFERED


def test_who_answers_before_the_mail_went_out_is_not_told_of_the_offer(tour: Tour) -> None:
    ada = tour.waits("ada")
    tour.is_given_back()
    tour.offers_and_tells_nobody_yet()
    tour.office.deployment.engine.waitlist.accept(
        EntryReference(tenant=tour.office.tenant, entry=ada.entry.id, token=ada.token, actor=GUEST)
    )
    tour.does("handle events")
    (offer,) = tour.notices(ada)
    assert (offer.state, offer.reason) == (NoticeState.SUPERSEDED, "the offer is booked")
    tour.office.works()
    assert OFFER not in tour.subjects("ada")


@pytest.mark.parametrize("first", ["send notices", "tend the waitlist"])
def test_a_mail_that_was_not_sent_while_the_offer_stood_is_not_sent(tour: Tour, first: str) -> None:
    ada = tour.waits("ada")
    tour.is_given_back()
    tour.offers_and_tells_nobody_yet()
    tour.office.clock.advance(TWO_HOURS)
    tour.does(first, "handle events")
    tour.office.works()
    assert tour.subjects("ada") == [LAPSED]
    assert [each.state for each in tour.notices(ada)] == [NoticeState.EXPIRED, NoticeState.SENT]
    assert broken(tour.office) == {}


def test_a_copy_of_an_offer_that_is_over_is_not_sent(tour: Tour) -> None:
    ada = tour.waits("ada")
    tour.is_given_back()
    tour.office.works()
    tour.office.clock.advance(TWO_HOURS)
    tour.office.works()
    offer, _ = tour.notices(ada)
    with tour.office.store(tour.office.tenant) as tx:
        copy = NoticeId(UUID(int=offer.id.int + 1))
        tx.notices.plan([offer.again(id=copy, copy=1, at=tour.office.clock.now())])
    tour.office.works()
    assert tour.subjects("ada") == [OFFER, LAPSED]
    assert [each.state for each in tour.notices(ada) if each.copy] == [NoticeState.SUPERSEDED]


def test_who_leaves_is_told_nothing_and_whom_the_house_takes_off_is_told_so(tour: Tour) -> None:
    ada, bob = tour.waits("ada"), tour.waits("bob")
    tour.leaves(ada)
    tour.leaves(bob, Actor("staff"))
    tour.office.works()
    assert tour.subjects("ada") == []
    assert tour.subjects("bob") == ["You are no longer waiting: Tour, Tuesday, March 3, 2026"]


def test_an_offer_that_the_house_takes_back_is_told(tour: Tour) -> None:
    ada, bob = tour.waits("ada"), tour.waits("bob")
    tour.is_given_back()
    tour.office.works()
    tour.leaves(ada, Actor("staff"))
    tour.office.works()
    assert tour.subjects("ada") == [OFFER, "You are no longer waiting: Tour, Tuesday, March 3, 2026"]
    assert (tour.subjects("bob"), tour.state(bob)) == ([OFFER], EntryState.OFFERED)


def test_who_waited_in_vain_is_told_when_it_begins(tour: Tour) -> None:
    tour.waits("ada")
    tour.office.clock.set(DEPARTURE)
    tour.office.works()
    assert tour.subjects("ada") == ["Nothing became free: Tour, Tuesday, March 3, 2026"]
    assert broken(tour.office) == {}


def test_an_sms_carries_the_link_and_german_is_spoken_where_the_house_does(
    store: Storage, tmp_path: Path
) -> None:
    texts = PostOffice()
    tour = Tour.sold_out(store, tmp_path / "outbox", NoticeSettings(language="de"), sms=texts)
    tour.waits("ada", phone="+4915112345678")
    tour.is_given_back()
    tour.office.works()
    (sms,) = texts.taken
    assert sms.text.startswith(
        "City Tours: Tour, Dienstag, 3. März 2026, 10:00 - 13:00 ist für Sie frei bis "
    )
    assert link_in(sms.text)
    (mail,) = tour.mails_to("ada")
    assert "Wir halten es für Sie bis Montag, 2. März 2026, 09:00 frei." in text_of(mail)
    assert not list(mail.iter_attachments())


def test_the_doctor_misses_an_offer_that_nobody_was_told(tour: Tour) -> None:
    tour.waits("ada")
    tour.is_given_back()
    tour.office.works()
    assert broken(tour.office) == {}
    lose(tour.office, "client-offered-email")
    assert broken(tour.office) == {16: 1}
    tour.office.clock.advance(TWO_HOURS)
    tour.office.works()
    assert broken(tour.office) == {16: 1}
    lose(tour.office, "client-offer-lapsed-email")
    assert broken(tour.office) == {16: 2}


def test_notices_to_who_waits_are_forgotten_like_others(tour: Tour) -> None:
    ada = tour.waits("ada")
    tour.is_given_back()
    tour.office.works()
    tour.office.clock.advance(timedelta(days=400))
    tour.office.works()
    with tour.office.store(tour.office.tenant) as tx:
        tx.queues["notices"].forget(tour.office.clock.now() + timedelta(days=1), 99)
        tx.links.forget_expired(tour.office.clock.now(), 99)
    assert tour.notices(ada) == []


def test_an_offer_that_cannot_be_put_into_words_is_shown_to_people(store: Storage, tmp_path: Path) -> None:
    senseless = NoticeTemplate(name="offer", language="en", subject="x", text="{{ password }}")
    tour = Tour.sold_out(store, tmp_path / "outbox", NoticeSettings(templates=(senseless,)))
    ada = tour.waits("ada")
    tour.is_given_back()
    tour.office.works()
    (letter,) = tour.office.dead_letters
    (alert,) = tour.office.deployment.engine.upkeep.list_alerts(tour.office.tenant)
    assert (letter.subject, alert.subject) == (str(ada.entry.id), ada.entry.id)
    assert alert.kind == "notice_undeliverable"
    tour.office.says(NoticeSettings())
    tour.office.deployment.engine.notices.requeue(
        NoticeReference(tenant=tour.office.tenant, notice=NoticeId(UUID(letter.id)))
    )
    tour.office.works()
    assert tour.subjects("ada") == [OFFER]


def test_staff_see_how_an_offer_reads_but_not_its_link(tour: Tour) -> None:
    ada = tour.waits("ada")
    tour.is_given_back()
    tour.office.works()
    (offer,) = tour.notices(ada)
    shown = tour.office.deployment.engine.notices.preview(
        NoticeReference(tenant=tour.office.tenant, notice=offer.id)
    )
    assert (shown.subject, shown.to) == (OFFER, "ada@example.com")
    assert "/offers/" not in shown.text


def test_who_waits_for_what_is_sold_no_more_is_told_by_the_clock_of_the_house(tour: Tour) -> None:
    tour.waits("ada")
    with tour.office.store(tour.office.tenant) as tx:
        catalog = tx.catalogs.load()
        changed = attrs.evolve(catalog, version=catalog.version + 1, services={})
        tx.catalogs.save(changed, tour.office.clock.now())
    tour.office.clock.set(DEPARTURE)
    tour.office.works()
    (mail,) = tour.mails_to("ada")
    assert mail["Subject"] == "Nothing became free: , Tuesday, March 3, 2026"
    assert "\nTuesday, March 3, 2026, 10:00 AM - 1:00 PM\nCity Tours\n" in text_of(mail)


def test_administrators_are_told_of_offers_where_the_house_says_so_and_get_no_link(
    store: Storage, tmp_path: Path
) -> None:
    rule = NoticeRule(
        key="desk-offered",
        occasion=Occasion.OFFERED,
        audience=Audience.ADMINISTRATOR,
        channel=NoticeChannel.EMAIL,
        template="offer",
    )
    settings = NoticeSettings(rules=(rule,), contacts=(Contact(email="desk@example.com"),))
    tour = Tour.sold_out(store, tmp_path / "outbox", settings)
    tour.waits("ada")
    tour.is_given_back()
    tour.office.works()
    (mail,) = tour.mails_to("desk")
    assert (mail["Subject"], tour.mails_to("ada")) == (OFFER, [])
    assert "/offers/" not in text_of(mail)
