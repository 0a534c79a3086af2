"""Who is told what (the table of SCENARIOS section 3), through every channel at once, by the worker's duties."""

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from booking_adapters.sms.twilio import TwilioAccount, TwilioNotifier
from booking_adapters.testing.contracts.scene import Storage
from booking_core.domain.notices.notice import NoticeState
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.cancel import Cancellation
from booking_core.usecases.confirm import Decision
from tests.integration.notices.outside import Twilio, a_twilio
from tests.integration.notices.post_office import CLINIC, DESK, Office
from tests.integration.push.browser import Browser, PushService, a_push_service, notifier

ANN = Customer(name="Ann", email="ann@example.org", phone="+4915112345678")


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with a_twilio() as twilio:
        yield twilio


@pytest.fixture
def push_port() -> Iterator[int]:
    with a_push_service() as port:
        yield port


@attrs.frozen
class Street:
    """A clinic where visits are approved, an administrator with a browser, and what everybody was told."""

    office: Office
    twilio: Twilio
    browser: Browser

    def news(self) -> list[str]:
        """What was told since the last time, to whom and by what."""
        self.office.works()
        told = [
            f"mail to {mail['To']}: {str(mail['Subject']).partition(':')[0]}" for mail in self.office.read()
        ]
        told += [f"SMS to {number}: {text.partition(',')[0]}" for number, text in self.twilio.texts]
        told += [
            f"push: {self.browser.read(content)['body']}".partition(",")[0]
            for _, content in PushService.taken
        ]
        for file in self.office.mails.glob("*.eml"):
            file.unlink()
        self.twilio.texts.clear()
        PushService.taken.clear()
        return sorted(told)


@pytest.fixture
def street(store: Storage, tmp_path: Path, twilio: Twilio, push_port: int) -> Street:
    account = TwilioAccount(sid="AC1", token="secret", sender="+15005550006", base_url=twilio.url)
    office = Office.opened(
        store,
        tmp_path / "outbox",
        business=CLINIC.under(needs_approval=True),
        push=notifier(),
        sms=TwilioNotifier(account, timeout_seconds=5),
    )
    browser = Browser(ec.generate_private_key(ec.SECP256R1()))
    with store(office.tenant) as tx:
        tx.push_subscriptions.keep(browser.subscription(f"http://127.0.0.1:{push_port}/send/abc"))
    return Street(office, twilio, browser)


def test_the_table_of_who_is_told_what(street: Street) -> None:
    engine, tenant = street.office.deployment.engine, street.office.tenant
    visit = street.office.book(ANN)
    code = visit.code
    assert street.news() == [
        f"SMS to {ANN.phone}: {CLINIC.tenant.name}: request {code}",
        f"mail to ann@example.org: Your request {code}",
        "mail to desk@clinic.example: New booking",
        "push: New booking: Visit",
    ]
    engine.confirm(Decision(tenant=tenant, reservation=visit.id))
    assert street.news() == ["mail to ann@example.org: Confirmed"]
    engine.cancel(Cancellation(tenant=tenant, reservation=visit.id))
    assert street.news() == ["mail to ann@example.org: Cancelled", "mail to desk@clinic.example: Cancelled"]
    assert (street.office.dead_letters, street.news()) == ([], [])


def test_a_browser_that_is_gone_is_forgotten_and_that_is_no_failure(street: Street) -> None:
    PushService.status = 410
    street.office.book(ANN)
    street.office.works()
    with street.office.store.reading(street.office.tenant) as tx:
        assert list(tx.push_subscriptions.all()) == []
        (notice,) = (each for each in tx.notices.listed(99) if each.owed.rule == "administrator-placed-push")
    assert (notice.state, notice.reason) == (NoticeState.SUPERSEDED, "the browser is no longer subscribed")
    assert (street.office.dead_letters, street.office.alerts) == ([], [])
    PushService.taken.clear()
    street.office.book(ANN, hour=12)
    street.office.works()
    assert PushService.taken == []


def test_a_browser_that_leaves_before_it_is_told_is_not_asked(street: Street) -> None:
    street.office.book(ANN)
    handle = street.office.deployment.duties["handle events"]
    while handle(street.office.tenant):
        pass
    with street.office.store(street.office.tenant) as tx:
        (browser,) = tx.push_subscriptions.all()
        tx.push_subscriptions.remove(browser.id)
    street.office.works()
    assert (PushService.taken, street.office.dead_letters) == ([], [])


def test_nobody_is_told_by_what_a_business_does_not_want(street: Street) -> None:
    street.office.says(attrs.evolve(DESK, rules=()))
    street.office.book(ANN)
    assert street.news() == []
