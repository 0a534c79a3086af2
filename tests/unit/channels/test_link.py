from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking_core.domain.channels.link import Kind, Link, Message, Verdict, linked, verdict_on
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ClaimId

OURS = ClaimId(UUID(int=1))


def message(revision: int, kind: Kind = Kind.NEW) -> Message:
    return Message(channel="ota", reference="R-1", revision=revision, kind=kind)


def known(revision: int, *, is_cancelled: bool = False, reservation: ClaimId | None = OURS) -> Link:
    return Link(
        channel="ota",
        reference="R-1",
        revision=revision,
        reservation=reservation,
        is_cancelled=is_cancelled,
    )


@pytest.mark.parametrize(
    ("told", "link", "verdict"),
    [
        (message(1), None, Verdict.BOOK),
        (message(2, Kind.MODIFIED), None, Verdict.BOOK),
        (message(2, Kind.CANCELLED), None, Verdict.REMEMBER),
        (message(1), known(1), Verdict.IGNORE),
        (message(1, Kind.MODIFIED), known(2), Verdict.IGNORE),
        (message(1, Kind.CANCELLED), known(2), Verdict.IGNORE),
        (message(3, Kind.MODIFIED), known(2), Verdict.CHANGE),
        (message(3, Kind.NEW), known(2), Verdict.CHANGE),
        (message(3, Kind.CANCELLED), known(2), Verdict.CANCEL),
        (message(4, Kind.MODIFIED), known(3, is_cancelled=True), Verdict.IGNORE),
        (message(1), known(2, is_cancelled=True, reservation=None), Verdict.IGNORE),
    ],
)
def test_what_a_message_asks(told: Message, link: Link | None, verdict: Verdict) -> None:
    assert verdict_on(told, link) is verdict


class Ledger:
    """What an importer does with verdicts, and nothing else."""

    def __init__(self) -> None:
        self.link: Link | None = None
        self.booked = 0
        self.as_of: int | None = None
        self.revisions: list[int] = []

    def receive(self, told: Message) -> None:
        verdict = verdict_on(told, self.link)
        self.booked += verdict is Verdict.BOOK
        if verdict in {Verdict.BOOK, Verdict.CHANGE, Verdict.CANCEL}:
            self.as_of = told.revision
        self.link = linked(told, self.link, OURS if verdict is Verdict.BOOK else None)
        self.revisions.append(self.link.revision)


def test_a_feed_that_is_replayed_ten_times_makes_one_booking() -> None:
    feed = [message(1), message(2, Kind.MODIFIED), message(3, Kind.MODIFIED)]
    ledger = Ledger()
    for told in feed * 10:
        ledger.receive(told)
    assert (ledger.booked, ledger.as_of) == (1, 3)


@settings(max_examples=60)
@given(
    order=st.lists(st.integers(0, 4), min_size=1, max_size=12),
    cancelled_at=st.none() | st.just(4),
)
def test_in_whatever_order_and_however_often_the_newest_revision_counts(
    order: list[int], cancelled_at: int | None
) -> None:
    ledger = Ledger()
    for revision in order:
        is_last = revision == cancelled_at
        ledger.receive(
            message(revision, Kind.CANCELLED if is_last else Kind.MODIFIED if revision else Kind.NEW)
        )
    link = ledger.link
    assert link is not None
    assert ledger.booked <= 1
    assert ledger.revisions == sorted(ledger.revisions)
    assert link.revision == max(order)
    assert link.is_cancelled == (cancelled_at in order)
    if link.reservation is not None:
        assert ledger.as_of == max(order)


def test_what_is_booked_stays_the_same_reservation() -> None:
    link = linked(message(1), None, OURS)
    assert linked(message(2, Kind.MODIFIED), link).reservation == OURS
    assert linked(message(3, Kind.CANCELLED), link).reservation == OURS


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": ""},
        {"channel": "c" * 61},
        {"reference": "  "},
        {"reference": "r" * 201},
        {"reference": "a\0b"},
        {"revision": -1},
        {"revision": 2**63},
    ],
)
def test_messages_about_nothing_are_refused(wrong: dict[str, str | int]) -> None:
    fields: dict[str, str | int] = {"channel": "ota", "reference": "R-1", "revision": 1}
    with pytest.raises(InvalidInput):
        Message(**{**fields, **wrong}, kind=Kind.NEW)  # type: ignore[arg-type]
