"""A tenant's own address is told what happened, by signed messages, until it has them."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import attrs
import pytest

from booking_adapters.channels.signatures import Secret, believed
from booking_adapters.channels.webhooks import DerivedSecrets
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, hours
from booking_core.domain.channels.booking import SignatureRefused
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import DeliveryId, TenantId
from booking_core.domain.webhooks.delivery import MOST_ATTEMPTS, Delivery
from booking_core.domain.webhooks.endpoint import DISABLED_AFTER
from booking_core.ports.webhooks import Sent, WebhookSender
from booking_core.usecases.handling import HandleEvents
from booking_core.usecases.send_webhooks import LEASE, OweWebhooks, SendWebhooks
from booking_core.usecases.webhooks import (
    CloseWebhook,
    DeliveryReference,
    DisableWebhook,
    EnableWebhook,
    Redeliver,
    RotateWebhook,
)
from tests.integration.crashes.dying import Arrows, Died
from tests.integration.webhooks.office import SECRETS, Office


def test_what_happened_is_told_once_and_signed(office: Office) -> None:
    booked = office.scene.reserve("room", hours(10, 11))
    assert office.tells() == 1
    assert office.tells() == 0
    (message,) = office.receiver.messages
    signed = believed([Secret(office.opened.secret)], message.headers, message.body, NOW)
    told = json.loads(message.body)
    assert (told["type"], told["data"]["subject"]) == ("ReservationConfirmed", str(booked.id))
    assert message.headers["content-type"] == "application/json"
    (logged,) = office.log()
    assert (signed.id, logged.status, logged.attempts) == (str(logged.id), 200, 1)
    with pytest.raises(SignatureRefused):
        believed([Secret(SECRETS.of(office.scene.tenant, "another"))], message.headers, message.body, NOW)


def test_who_does_not_answer_well_is_told_again_later_under_the_same_id(office: Office) -> None:
    office.receiver.answers = [500, 429, 200]
    office.scene.reserve("room", hours(10, 11))
    office.tells()
    assert office.tells() == 0
    for _ in range(2):
        office.clock.advance(timedelta(minutes=1))
        assert office.tells() == 1
    assert len({message.headers["webhook-id"] for message in office.receiver.messages}) == 1
    assert len({message.body for message in office.receiver.messages}) == 1
    (logged,) = office.log()
    assert (logged.attempts, logged.status, logged.due_at) == (3, 200, None)


def test_who_is_not_there_is_told_no_more_after_three_days(office: Office) -> None:
    office.receiver.answers = [500] * 999
    rounds = 0
    while office.stored().disabled_at is None:
        if rounds % 4 == 0:
            office.scene.reserve("room", hours(10, 11, day=rounds))
        office.tells()
        office.clock.advance(timedelta(hours=6))
        rounds += 1
        assert rounds < 40, "it is never disabled"
    first = office.log()[-1]
    assert (first.attempts, first.status) == (MOST_ATTEMPTS, 500)
    disabled = office.stored()
    assert disabled.failing_since == first.made_at
    assert disabled.disabled_at is not None
    assert timedelta(0) <= disabled.disabled_at - first.made_at - DISABLED_AFTER < timedelta(days=2)
    assert office.alerts() == ["webhook_failing", "webhook_disabled"]
    office.scene.reserve("hall", hours(20, 21))
    sent = len(office.receiver.messages)
    for _ in range(20):
        office.tells()
    assert len(office.receiver.messages) == sent
    assert office.alerts() == ["webhook_failing", "webhook_disabled"]


def test_who_was_away_for_less_than_that_is_told_on(office: Office) -> None:
    office.receiver.answers = [500] * MOST_ATTEMPTS
    office.scene.reserve("room", hours(10, 11))
    for _ in range(MOST_ATTEMPTS):
        office.tells()
        office.clock.advance(timedelta(hours=5))
    assert (office.log()[0].died_at is None, office.stored().failing_since) == (False, NOW)
    office.scene.reserve("room", hours(12, 13))
    office.tells()
    assert (office.stored().failing_since, office.stored().disabled_at) == (None, None)
    assert office.alerts() == ["webhook_failing"]


def test_who_was_disabled_is_told_again_once_enabled(office: Office) -> None:
    disable = DisableWebhook(begin=office.scene.store, clock=office.clock)
    assert disable(office.reference()).disabled_at == NOW
    office.scene.reserve("room", hours(10, 11))
    assert office.tells() == 0
    EnableWebhook(begin=office.scene.store, clock=office.clock)(office.reference())
    office.scene.reserve("room", hours(12, 13))
    assert office.tells() == 1
    assert len(office.receiver.messages) == 1


def test_what_is_owed_to_who_was_disabled_is_given_up_unsent(office: Office) -> None:
    office.receiver.answers = [500]
    office.scene.reserve("room", hours(10, 11))
    office.tells()
    DisableWebhook(begin=office.scene.store, clock=office.clock)(office.reference())
    office.clock.advance(timedelta(hours=1))
    office.tells()
    (message,) = office.log()
    assert (message.died_at, message.reason) == (office.clock.now(), "the endpoint is disabled")
    assert (len(office.receiver.messages), office.alerts()) == (1, [])


def test_who_says_that_they_are_gone_is_told_no_more_at_once(office: Office) -> None:
    office.receiver.answers = [410]
    office.scene.reserve("room", hours(10, 11))
    office.tells()
    assert office.stored().disabled_at == NOW
    assert office.log()[0].died_at == NOW
    assert office.alerts() == ["webhook_disabled"]


def test_a_redirect_is_no_success_and_nobody_follows_it(office: Office) -> None:
    office.receiver.answers = [302]
    office.scene.reserve("room", hours(10, 11))
    office.tells()
    assert [(each.status, each.delivered_at) for each in office.log()] == [(302, None)]
    assert len(office.receiver.messages) == 1


def test_a_message_can_be_sent_again_by_hand(office: Office) -> None:
    office.scene.reserve("room", hours(10, 11))
    office.tells()
    again = Redeliver(begin=office.scene.store, clock=office.clock)
    again(DeliveryReference(tenant=office.scene.tenant, delivery=office.log()[0].id))
    office.tells()
    first, second = office.receiver.messages
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


def test_after_a_rotation_both_secrets_sign_for_a_day(office: Office) -> None:
    rotate = RotateWebhook(begin=office.scene.store, clock=office.clock, secrets=SECRETS)
    fresh = rotate(office.reference()).secret
    assert fresh != office.opened.secret
    office.scene.reserve("room", hours(10, 11))
    office.tells()
    office.clock.advance(timedelta(hours=24))
    office.scene.reserve("room", hours(12, 13))
    office.tells()
    during, after = office.receiver.messages
    for secret in (fresh, office.opened.secret):
        assert believed([Secret(secret)], during.headers, during.body, NOW).sent_at == NOW
    at = office.clock.now()
    assert believed([Secret(fresh)], after.headers, after.body, at).sent_at == at
    with pytest.raises(SignatureRefused):
        believed([Secret(office.opened.secret)], after.headers, after.body, at)


def test_a_worker_that_dies_after_sending_sends_again_under_the_same_id(office: Office) -> None:
    office.scene.reserve("room", hours(10, 11))
    handle = HandleEvents(
        begin=office.scene.store, handlers=[OweWebhooks(ids=office.ids)], clock=office.clock, ids=office.ids
    )
    handle(office.scene.tenant)
    with pytest.raises(Died):
        office.worker(Arrows(2))(office.scene.tenant)
    assert office.tells() == 0
    office.clock.advance(LEASE)
    assert office.tells() == 1
    first, second = office.receiver.messages
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert office.log()[0].delivered_at is not None


def test_without_a_key_there_are_no_secrets() -> None:
    with pytest.raises(InvalidInput):
        DerivedSecrets("").of(TenantId(UUID(int=1)), "endpoint")


def test_two_messages_that_end_at_one_moment_are_both_recorded(office: Office) -> None:
    office.receiver.answers = [404, 404]
    worker = office.worker()
    with office.scene.begin() as tx:
        for number in (1, 2):
            owed = Delivery.owe(
                id=DeliveryId(UUID(int=number)),
                endpoint=office.endpoint,
                event="x",
                body="{}",
                at=NOW - timedelta(hours=number),
            )
            last = attrs.evolve(owed, state=attrs.evolve(owed.state, attempts=MOST_ATTEMPTS - 1))
            tx.webhooks.deliveries.save(last)
    outcomes = all_at_once(*(partial(send_one, worker, office, each) for each in leased(office)))
    assert outcomes == [None, None]
    assert [each.died_at for each in office.log()] == [NOW, NOW]
    assert office.stored().failing_since == NOW - timedelta(hours=2)


def leased(office: Office) -> list[Delivery]:
    """Both messages, as two workers have taken them."""
    with office.scene.begin() as tx:
        return list(tx.webhooks.deliveries.lease(NOW, 9, LEASE))


def send_one(worker: SendWebhooks, office: Office, delivery: Delivery) -> None:
    """What a worker does with a message that it has taken."""
    worker._send(office.scene.tenant, office.stored(), delivery)


def test_a_message_whose_endpoint_is_closed_meanwhile_is_nobodys(office: Office) -> None:
    office.scene.reserve("room", hours(10, 11))
    office.handles()
    (delivery,) = leased(office)
    endpoint = office.stored()
    CloseWebhook(begin=office.scene.store, clock=office.clock)(office.reference())
    office.worker()._send(office.scene.tenant, endpoint, delivery)
    with office.scene.reading() as tx:
        assert tx.alerts.open(9) == []


def test_a_message_that_another_worker_has_taken_over_is_theirs_to_record(office: Office) -> None:
    office.scene.reserve("room", hours(10, 11))
    office.handles()
    (delivery,) = leased(office)
    office.clock.advance(LEASE)
    with office.scene.begin() as tx:
        (theirs,) = tx.webhooks.deliveries.lease(office.clock.now(), 9, LEASE)
    send_one(office.worker(), office, delivery)
    assert office.log() == [theirs]


@attrs.frozen
class Breaking:
    """A sender with a defect: what it is to send first raises what nobody expects."""

    sender: WebhookSender
    broken: set[DeliveryId] = attrs.field(factory=set)

    def accept(self, url: str) -> str:
        return self.sender.accept(url)

    def send(self, url: str, secrets: Sequence[str], delivery: Delivery, at: datetime) -> Sent:
        if not self.broken:
            self.broken.add(delivery.id)
        if delivery.id in self.broken:
            raise RuntimeError("a defect")
        return self.sender.send(url, secrets, delivery, at)


def test_a_message_that_breaks_the_sender_keeps_no_other_back_and_is_given_up(office: Office) -> None:
    office.scene.reserve("room", hours(10, 11))
    office.scene.reserve("room", hours(12, 13))
    office.handles()
    proper = office.worker()
    worker = attrs.evolve(proper, sender=Breaking(proper.sender))
    worker(office.scene.tenant)
    assert len(office.receiver.messages) == 1
    for _ in range(MOST_ATTEMPTS):
        office.clock.advance(timedelta(hours=5))
        worker(office.scene.tenant)
    (broken,) = [each for each in office.log() if each.delivered_at is None]
    assert (broken.attempts, broken.reason) == (MOST_ATTEMPTS, "RuntimeError")
    assert broken.died_at is not None
