import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from booking_adapters.channels.signatures import Secret, Signed, believed, signed_headers
from booking_core.domain.channels.booking import SignatureRefused
from booking_core.domain.kernel.errors import InvalidInput

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
BODY = '{"event":"ReservationConfirmed","note":"Grüße"}'.encode()
SECRET = Secret.of_bytes(bytes(range(32)))
OTHER = Secret.of_bytes(bytes(32))


def sent(*secrets: Secret, at: datetime = AT) -> dict[str, str]:
    return dict(signed_headers(secrets or (SECRET,), "msg_1", at, BODY))


def test_a_message_is_signed_as_the_specification_says() -> None:
    expected = hmac.new(
        bytes(range(32)), b"msg_1." + str(int(AT.timestamp())).encode() + b"." + BODY, hashlib.sha256
    )
    assert sent() == {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(AT.timestamp())),
        "webhook-signature": "v1," + base64.b64encode(expected.digest()).decode(),
    }


def test_the_example_of_the_specification_verifies() -> None:
    """The vector that the specification's own libraries test themselves with."""
    secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert believed([secret], headers, b'{"test": 2432232314}', at) == Signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", at
    )


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_message_is_believed_for_five_minutes_either_way(seconds: int) -> None:
    assert believed([SECRET], sent(), BODY, AT + timedelta(seconds=seconds)) == Signed("msg_1", AT)


@pytest.mark.parametrize("seconds", [-301, 301, 10**9])
def test_an_old_message_and_one_from_the_future_are_refused(seconds: int) -> None:
    with pytest.raises(SignatureRefused):
        believed([SECRET], sent(), BODY, AT + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "forged",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-id": "msg_1.1"},
        {"webhook-timestamp": str(int(AT.timestamp()) + 1)},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "9" * 5_000},
        {"webhook-timestamp": "١٧٧٢٤٤٥٦٠٠"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,ü"},
        {"webhook-signature": "v1," + "A" * 44},
    ],
)
def test_a_message_with_another_header_is_refused(forged: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused):
        believed([SECRET], sent() | forged, BODY, AT)


def test_a_signature_of_another_version_body_or_secret_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        believed([SECRET], sent(), BODY + b" ", AT)
    with pytest.raises(SignatureRefused):
        believed([OTHER], sent(), BODY, AT)
    with pytest.raises(SignatureRefused):
        believed([], sent(), BODY, AT)
    other_version = {"webhook-signature": sent()["webhook-signature"].replace("v1,", "v1a,")}
    with pytest.raises(SignatureRefused):
        believed([SECRET], sent() | other_version, BODY, AT)
    with pytest.raises(SignatureRefused):
        believed([SECRET], {}, BODY, AT)


def test_while_a_secret_is_changed_either_one_is_believed() -> None:
    both = sent(SECRET, OTHER)
    for knows in ([SECRET], [OTHER], [OTHER, SECRET]):
        assert believed(knows, both, BODY, AT).id == "msg_1"
    assert believed([OTHER, SECRET], sent(SECRET), BODY, AT).id == "msg_1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_not base64 at all, but long enough to be",
        base64.b64encode(bytes(32)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_" + "ü" * 40,
    ],
)
def test_what_is_no_secret_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Secret(text)
    assert "value" not in refused.value.details or refused.value.details["value"] is None


def test_a_secret_does_not_show_itself() -> None:
    assert SECRET.text not in repr(SECRET)
