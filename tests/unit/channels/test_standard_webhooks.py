"""Our signatures and those of the specification's own library are the same, in both directions."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from booking_adapters.channels.signatures import Secret, believed, signed_headers

BODY = '{"type":"ReservationConfirmed","note":"Grüße, 東京"}'
OLD, NEW, OTHER = (Secret.of_bytes(bytes([each]) * 32) for each in range(3))


@pytest.fixture
def now() -> datetime:
    """The library compares with the clock of this machine and takes no other."""
    return datetime.now(UTC).replace(microsecond=0)


def verified(secret: Secret, headers: Mapping[str, str], body: str = BODY) -> bool:
    """Whether a receiver who uses the library takes a message."""
    try:
        Webhook(secret.text).verify(body, dict(headers))
    except WebhookVerificationError:
        return False
    return True


def test_what_we_sign_the_library_believes(now: datetime) -> None:
    headers = signed_headers([OLD], "msg_1", now, BODY.encode())
    assert verified(OLD, headers)
    assert not verified(OTHER, headers)
    assert not verified(OLD, headers, BODY.replace("Grüße", "Gruesse"))
    assert not verified(OLD, {**headers, "webhook-id": "msg_2"})


def test_while_a_secret_is_changed_a_receiver_may_know_either(now: datetime) -> None:
    headers = signed_headers([NEW, OLD], "msg_1", now, BODY.encode())
    assert [verified(each, headers) for each in (NEW, OLD, OTHER)] == [True, True, False]


@pytest.mark.parametrize("secrets", [[OLD], [NEW, OLD]], ids=["one secret", "two secrets"])
def test_what_the_library_signs_we_believe(secrets: list[Secret], now: datetime) -> None:
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(OLD.text).sign("msg_1", now, BODY),
    }
    assert believed(secrets, headers, BODY.encode(), now).sent_at == now
