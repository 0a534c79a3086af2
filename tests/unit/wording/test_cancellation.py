"""The terms of calling off, as guests of several languages read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking_adapters._wording.cancellation import PHRASES, money_text, terms_text, window_text
from booking_adapters._wording.languages import LANGUAGES, language_of, preferred_language
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.reservations.cancellation import CancellationPolicy, FirstNight, Tier

NEW_YORK = ZoneInfo("America/New_York")
CHECK_IN = datetime(2024, 3, 15, 19, tzinfo=UTC)
FLEXIBLE = CancellationPolicy.flexible("FLEX-24")
STEPPED = CancellationPolicy.stepped(
    "STEPPED",
    free_cancellation_hours=24,
    partial_refund_hours=12,
    partial_refund_percent=Percentage.of("37.5"),
)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Free cancellation until March 14, 2024 3:00 PM"),
        ("de", "Kostenlose Stornierung bis 14. März 2024 um 15:00"),
        ("es", "Cancelación gratuita hasta el 14 de marzo de 2024 a las 15:00"),
        ("fr", "Annulation gratuite jusqu'au 14 mars 2024 à 15:00"),
        ("it", "Cancellazione gratuita fino al 14 marzo 2024 alle ore 15:00"),
        ("nl", "Gratis annuleren tot 14 maart 2024 om 15:00"),
    ],
)
def test_the_deadline_is_told_on_the_wall_of_the_venue(language: str, text: str) -> None:
    assert terms_text(FLEXIBLE, CHECK_IN, NEW_YORK, language) == text


def test_the_day_is_the_day_of_the_venue() -> None:
    """At 2 in the morning in Tokyo it is still the day before in London."""
    start = datetime(2024, 3, 15, 17, tzinfo=UTC)
    assert terms_text(FLEXIBLE, start, ZoneInfo("Asia/Tokyo")) == (
        "Free cancellation until March 15, 2024 2:00 AM"
    )


def test_what_is_never_or_always_free_is_told_without_a_deadline() -> None:
    always = CancellationPolicy(code="FREE", tiers=(Tier(penalty=Percentage.of(0)),))
    never = CancellationPolicy.non_refundable("NEVER")
    assert terms_text(always, CHECK_IN, NEW_YORK) == "Free cancellation at any time"
    assert terms_text(never, CHECK_IN, NEW_YORK, "de") == "Keine kostenlose Stornierung"


def test_a_deadline_that_has_passed_is_not_offered() -> None:
    deadline = CHECK_IN - timedelta(hours=24)
    told = [
        terms_text(FLEXIBLE, CHECK_IN, NEW_YORK, at=at) for at in (deadline, deadline + timedelta(seconds=1))
    ]
    assert told == ["Free cancellation until March 14, 2024 3:00 PM", "No free cancellation"]


def test_every_tier_is_a_sentence() -> None:
    assert [window_text(each, NEW_YORK) for each in STEPPED.windows(CHECK_IN)] == [
        "Until March 14, 2024 3:00 PM: free of charge",
        "After March 14, 2024 3:00 PM, until March 15, 2024 3:00 AM: 62.5% of the price",
        "After March 15, 2024 3:00 AM: 100% of the price",
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "62.5% of the price"), ("de", "62,5\u00a0% des Preises"), ("fr", "62,5\u00a0% du prix")],
)
def test_a_percentage_is_written_as_in_its_language(language: str, text: str) -> None:
    assert window_text(STEPPED.windows(CHECK_IN)[1], NEW_YORK, language).endswith(text)


def test_a_fixed_amount_and_the_first_night_are_told() -> None:
    terms = CancellationPolicy(
        code="FIXED",
        tiers=(
            Tier(penalty=Money(5_000, "USD"), at_least=timedelta(days=2)),
            Tier(penalty=FirstNight(), less_than=timedelta(days=2)),
        ),
    )
    fixed, night = (window_text(each, NEW_YORK, "de") for each in terms.windows(CHECK_IN))
    assert fixed == "Bis 13. März 2024 um 15:00: 50,00\u00a0$"
    assert night == "Nach 13. März 2024 um 15:00: der Preis der ersten Nacht"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(66_414, "USD"), "$664.14"),
        (Money(1_200, "JPY"), "¥1,200"),
        (Money(12_345, "KWD"), "KWD12.345"),
        (Money(2**63 - 1, "USD"), "$92,233,720,368,547,758.07"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(amount: Money, text: str) -> None:
    assert money_text(amount) == text


def test_every_language_has_its_phrases() -> None:
    assert set(PHRASES) == set(LANGUAGES)


@pytest.mark.parametrize("code", ["", "EN", "klingon", "en_US", "../../en"])
def test_a_language_that_is_not_spoken_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput):
        language_of(code)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.2, fr-CA;q=0.95, it;q=0.5", "fr"),
        ("ja, ko;q=0.9, es;q=0.1", "es"),
        ("ja", "en"),
        ("*, de;q=0.5", "en"),
        ("nl;q=0, it;q=0.1", "it"),
        ("de;q=much, fr;q=0.1", "fr"),
        ("de;q=2, fr", "fr"),
        ("x," * 20 + "de", "en"),
        ("q" * 10_000 + ",de", "en"),
    ],
)
def test_the_best_liked_language_of_ours_is_spoken(header: str, language: str) -> None:
    assert preferred_language(header) == language
