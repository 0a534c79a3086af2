"""Addresses that lead to places that are nobody's business: refused when they are given, and when they are told."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters._net.outgoing import Outgoing
from booking_adapters.channels.webhooks import HttpWebhookSender
from booking_adapters.testing.contracts.scene import hours
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Change
from booking_core.usecases.webhooks import (
    OpenWebhook,
    OpenWebhookCommand,
)
from tests.integration.webhooks.office import SECRETS, Office


def opens(office: Office, url: str) -> None:
    """Have an address told as a deployment would."""
    opens = OpenWebhook(
        begin=office.scene.store,
        clock=office.clock,
        ids=office.ids,
        secrets=SECRETS,
        sender=HttpWebhookSender(),
    )
    opens(OpenWebhookCommand(tenant=office.scene.tenant, url=url, events=["*"]))


@pytest.mark.parametrize(
    "url", ["http://hooks.example/", "ftp://hooks.example/", "//hooks.example/", "nonsense"]
)
def test_what_is_no_https_address_is_refused(office: Office, url: str) -> None:
    with pytest.raises(InvalidInput):
        opens(office, url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
        "[fe80::1]",
        "[fd00::1]",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - refused, not bound to
        "localhost.",
        "hooks.localhost",
        "user@hooks.example",
        "hooks.example\\@127.0.0.1",
    ],
)
def test_no_way_of_writing_a_private_address_is_accepted(office: Office, host: str) -> None:
    opens(office, "https://hooks.example/")
    with pytest.raises(InvalidInput):
        opens(office, f"https://{host}/")


@pytest.mark.parametrize(
    "answers", [["10.0.0.1"], ["::ffff:127.0.0.1"], ["93.184.216.34", "169.254.169.254"], ["fd00::1"]]
)
def test_a_name_that_is_bound_anew_to_a_private_address_is_a_dead_letter(
    office: Office, answers: list[str]
) -> None:
    """DNS rebinding: harmless when it was opened, and looked up again when it is told."""
    office.receiver.answers = [500]
    office.scene.reserve("room", hours(10, 11))
    office.tells()
    rebound = attrs.evolve(
        office.stored(), url="https://rebound.example/", version=office.stored().version + 1
    )
    with office.scene.begin() as tx:
        tx.webhooks.endpoints.save(Change(rebound, (), office.stored()))
    office.clock.advance(timedelta(hours=1))
    sender = HttpWebhookSender(Outgoing(resolve=lambda _, __: answers))
    assert attrs.evolve(office.worker(), sender=sender)(office.scene.tenant) == 1
    with office.scene.begin() as tx:
        (letter,) = tx.queues["webhooks"].dead(9)
        assert (letter.subject, "refused" in letter.reason) == (str(office.endpoint), True)
        tx.queues["webhooks"].requeue(letter.id, office.clock.now())
    assert office.alerts() == ["webhook_failing"]
    assert office.tells() == 1, "the worker goes on"
