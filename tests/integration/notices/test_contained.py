"""Whatever is wrong with a notice stays with it: the worker goes on, and staff find it among the dead letters."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from booking_adapters.push.webpush import VapidKey, WebPushNotifier
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts.scene import Storage
from booking_app.worker import one_duty
from booking_core.domain.catalog.notice_rules import NoticeTemplate
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import BrowserId, TenantId
from booking_core.domain.notices.notice import MOST_ATTEMPTS
from booking_core.domain.notices.subscription import PushSubscription
from booking_core.domain.reservations.party import Customer
from booking_core.ports.notifying import Message
from booking_core.ports.storage import Transaction
from booking_core.usecases.dead_letters import RequeueCommand
from booking_core.usecases.send_notices import LEASE
from tests.integration.notices.post_office import DESK, MONDAY, Office
from tests.integration.push.browser import text_of

ANN = Customer(name="Ann", email="ann@example.org")


@pytest.fixture
def office(store: Storage, tmp_path: Path) -> Office:
    secret = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")
    push = WebPushNotifier(key=VapidKey.of(text_of(secret), "desk@clinic.example"), clock=FixedClock(MONDAY))
    return Office.opened(store, tmp_path / "outbox", push=push)


def browser_at(office: Office, host: str) -> PushSubscription:
    """An administrator's browser, which a push service of that name serves."""
    return PushSubscription(
        id=BrowserId(office.tenant),
        endpoint=f"https://{host}/send",
        p256dh="BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        auth="tBHItJI5svbpez7KI4CCXg",
        added_at=MONDAY,
    )


def who_reads(office: Office) -> list[str]:
    """The recipients of the mails that went out."""
    return sorted(mail["To"] for mail in office.read())


@pytest.mark.parametrize("number", ["0151 1234567", "call me", "+49151\u2028+49152", "+" + "1" * 40])
def test_a_telephone_number_that_is_none_ends_there_and_mails_go_out(office: Office, number: str) -> None:
    booked = office.book(attrs.evolve(ANN, phone=number))
    office.works()
    (letter,) = office.dead_letters
    assert (letter.queue, letter.what) == ("notices", "tell client by sms: client-placed-sms")
    assert (letter.subject, letter.reason) == (
        str(booked.id),
        "this is no telephone number with its country code",
    )
    assert office.alerts == ["notice_undeliverable"]
    assert who_reads(office) == ["ann@example.org", "ann@example.org", "desk@clinic.example"]


@pytest.mark.parametrize(
    "address",
    ["ann@example.org\u2028Bcc: eve@example.org", "ann@example.org, eve@example.org", "ann\x7f@example.org"],
)
def test_an_address_that_would_add_a_recipient_ends_there(office: Office, address: str) -> None:
    office.book(Customer(name="Eve", email=address))
    office.works()
    assert {(each.what, each.reason) for each in office.dead_letters} == {
        ("tell client by email: client-placed-email", "attendee: is not a mail address"),
        ("tell client by email: client-confirmed-email", "attendee: is not a mail address"),
    }
    assert who_reads(office) == ["desk@clinic.example"]


def test_a_name_that_would_add_a_header_is_only_a_name(office: Office) -> None:
    office.book(attrs.evolve(ANN, name="Ann\u2028Bcc: eve@example.org\x85X-Evil: yes"))
    office.works()
    assert office.dead_letters == []
    for mail in office.read():
        assert (mail["Bcc"], mail["X-Evil"]) == (None, None)


def test_a_template_that_makes_no_sense_ends_there_until_it_is_mended(office: Office) -> None:
    own = NoticeTemplate(name="placed", language="en", subject="x", text="{{ password }}")
    office.says(attrs.evolve(DESK, templates=(own,)))
    office.book(ANN)
    office.works()
    (letter,) = office.dead_letters
    assert letter.reason.startswith("template placed: ")
    assert who_reads(office) == ["ann@example.org", "desk@clinic.example"], "the others are sent all the same"
    office.says(attrs.evolve(DESK, templates=(attrs.evolve(own, text="{{ code }}"),)))
    office.deployment.engine.upkeep.requeue_dead_letter(
        RequeueCommand(tenant=office.tenant, queue=letter.queue, letter=letter.id)
    )
    office.works()
    assert office.dead_letters == []
    assert who_reads(office) == ["ann@example.org", "ann@example.org", "desk@clinic.example"]


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "[::1]"])
def test_a_browser_on_a_private_address_ends_there_without_being_asked(office: Office, host: str) -> None:
    with office.store(office.tenant) as tx:
        tx.push_subscriptions.keep(browser_at(office, host))
    office.book(ANN)
    office.works()
    (letter,) = office.dead_letters
    assert letter.what == "tell administrator by push: administrator-placed-push"
    assert letter.reason == "the push service's address may not be asked"


def test_what_failed_keeps_nobody_else_waiting(office: Office) -> None:
    office.book(Customer(name="Eve", email="no address", phone="no number"), hour=9)
    office.works()
    office.book(ANN, hour=11)
    office.works()
    assert len(office.dead_letters) == 3
    assert who_reads(office).count("ann@example.org") == 2


@attrs.define
class Broken:
    """A notifier with a mistake in it."""

    times: int = 0

    def send(self, message: Message) -> str:
        self.times += 1
        raise KeyError(message.key)


def test_a_mistake_of_ours_ends_there_after_as_many_attempts_as_any_failure(
    store: Storage, tmp_path: Path
) -> None:
    broken = Broken()
    office = Office.opened(store, tmp_path / "outbox", push=broken)
    with office.store(office.tenant) as tx:
        tx.push_subscriptions.keep(browser_at(office, "push.example"))
    office.book(ANN)
    for _ in range(MOST_ATTEMPTS + 1):
        office.works()
        office.clock.advance(LEASE)
    (letter,) = office.dead_letters
    assert letter.reason == "whoever tried to send it never said what came of it"
    assert broken.times == MOST_ATTEMPTS
    assert who_reads(office) == ["ann@example.org", "ann@example.org", "desk@clinic.example"]


@attrs.define
class Shaky:
    """A storage that loses what it is given as often as it is told to."""

    store: Storage
    losses: int = 0

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[Transaction]:
        with self.store(tenant, actor) as tx:
            yield tx
            if self.losses:
                self.losses -= 1
                raise Conflict("the connection to the database was lost")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


@attrs.define
class Shaking:
    """A notifier after which the storage is shaky, once."""

    store: Shaky
    sent: Counter[str] = attrs.field(factory=Counter)

    def send(self, message: Message) -> str:
        if not self.sent:
            self.store.losses = 1
        self.sent[message.key] += 1
        return "taken"


def test_what_was_sent_is_not_sent_again_because_the_storage_lost_that_it_was(
    store: Storage, tmp_path: Path
) -> None:
    shaky = Shaky(store)
    mail = Shaking(shaky)
    office = Office.opened(cast("Storage", shaky), tmp_path / "outbox", mail=mail)
    office.book(ANN)
    office.works()
    office.clock.advance(LEASE)
    office.works()
    assert {*mail.sent.values()} == {1}


def test_mistakes_of_ours_keep_nobody_waiting_for_as_many_turns_as_there_are(
    store: Storage, tmp_path: Path
) -> None:
    broken = Broken()
    office = Office.opened(store, tmp_path / "outbox", push=broken)
    with office.store(office.tenant) as tx:
        tx.push_subscriptions.keep(browser_at(office, "push.example"))
    office.book(ANN)
    office.book(ANN, hour=11)
    assert one_duty(office.deployment, office.business.tenant.key, "handle events")
    one_duty(office.deployment, office.business.tenant.key, "send notices")
    assert broken.times == 2
    assert who_reads(office).count("ann@example.org") == 4
