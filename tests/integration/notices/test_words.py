"""What recipients read, by the clock and in the money of the venue."""

import attrs
import pytest

from booking_adapters.letters.wording import TemplateWording
from booking_adapters.testing.contracts.scene import NOW, Storage
from booking_app.notice_wiring import attachments
from booking_core.domain.catalog.notice_rules import Contact, NoticeSettings, NoticeTemplate
from booking_core.domain.notices.notice import NoticeState
from booking_core.domain.reservations.party import Customer
from booking_core.ports.notifying import Message
from tests.integration.notices.house import SETTINGS, House

ORGANIZER = "desk@salon.example"


def told(store: Storage, settings: NoticeSettings = SETTINGS, *, name: str = "Ann") -> dict[str, Message]:
    """Somebody books under those settings; the messages by recipient, mails and SMS apart."""
    house = House.fresh(store, settings)
    house.book(customer=Customer(name=name, email="ann@example.org", phone="+4915112345678"))
    wording = TemplateWording(attach=lambda letter: attachments(letter, ORGANIZER))
    sender = attrs.evolve(house.sender(wording), public_url="https://book.example")
    sender(house.scene.tenant)
    with house.scene.reading() as tx:
        states = {each.state for each in tx.notices.listed(50) if not each.owed.rule.startswith("reminder")}
    assert states == {NoticeState.SENT}
    return {each.to: each for each in house.post.taken}


def test_a_client_reads_what_was_booked_and_can_manage_it(store: Storage) -> None:
    mail = told(store)["ann@example.org"]
    assert "Hello Ann," in mail.text
    assert ", 10:00 AM - " in mail.text
    assert "https://book.example/v1/" in mail.text
    assert "/manage/" in mail.text
    assert '<a href="https://book.example/v1/' in mail.html
    (file,) = mail.attachments
    assert file.media_type == "text/calendar; method=REQUEST; charset=utf-8"
    assert b"ATTENDEE" in file.content


def test_nobody_but_the_client_gets_a_link_or_an_invitation(store: Storage) -> None:
    messages = told(store)
    for recipient in ("desk@example.org", "+4915112345678"):
        assert "/manage/" not in messages[recipient].text
        assert not messages[recipient].attachments
    assert not messages["+4915112345678"].html


def test_german_is_spoken_where_the_business_says_so(store: Storage) -> None:
    settings = attrs.evolve(SETTINGS, language="de-CH")
    mail = told(store, settings)["ann@example.org"]
    assert "Guten Tag Ann," in mail.text
    assert ", 10:00 - " in mail.text
    assert '<html lang="de-CH">' in mail.html


def test_a_language_without_words_of_the_house_is_answered_in_english(store: Storage) -> None:
    mail = told(store, attrs.evolve(SETTINGS, language="pt-BR"))["ann@example.org"]
    assert "Hello Ann," in mail.text
    assert ", 10:00 AM - " in mail.text


def test_the_words_of_the_business_go_before_those_of_the_house(store: Storage) -> None:
    own = NoticeTemplate(
        name="confirmed",
        language="fr",
        subject="Merci {{ customer }}",
        text="{{ date }}",
        html="<i>{{ customer }}</i>",
    )
    settings = NoticeSettings(templates=(own,), contacts=(Contact(email="desk@example.org"),))
    mail = told(store, settings, name="<Ann>")["ann@example.org"]
    assert mail.subject == "Merci <Ann>"
    assert mail.text.startswith("mardi ") or mail.text.split()[0] in {
        "lundi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
    }
    assert mail.html == "<i>&lt;Ann&gt;</i>"


@pytest.mark.parametrize("text", ["{{ password }}", "{% for x in code %}{% endfor %}"])
def test_a_template_that_makes_no_sense_sends_nothing_and_people_are_told(store: Storage, text: str) -> None:
    own = NoticeTemplate(name="placed", language="en", subject="x", text=text)
    house = House.fresh(store, NoticeSettings(templates=(own,)))
    house.book()
    house.sender(TemplateWording())(house.scene.tenant)
    with house.scene.reading() as tx:
        dead = tx.notices.listed(9, NoticeState.DEAD)
        assert {each.owed.template for each in dead} == {"placed"}
        assert [alert.kind for alert in tx.alerts.open(9)] == ["notice_undeliverable"]
    assert house.clock.now() == NOW
