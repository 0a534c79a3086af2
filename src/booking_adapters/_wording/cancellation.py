"""The terms of calling off as guests read them: deadlines on the venue's wall, money and percent as written there."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from zoneinfo import ZoneInfo

import attrs
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_percent

from booking_adapters._wording.languages import ENGLISH, language_of
from booking_core.domain.kernel.currencies import decimals_of
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.reservations.cancellation import (
    NOTHING,
    CancellationPolicy,
    FirstNight,
    Penalty,
    TierWindow,
)

_THIN_SPACE = "\u202f"


@attrs.frozen(kw_only=True)
class Phrases:
    """What one language says. `at` stands between a date and a time, the others are filled with what they name."""

    at: str
    free_until: str
    always_free: str
    never_free: str
    until: str
    between: str
    after: str
    always: str
    free: str
    part: str
    first_night: str


def _read_phrases() -> Mapping[str, Phrases]:
    """The phrases of every language, as they stand beside this file."""
    written = files(__package__).joinpath("cancellation.toml").read_text(encoding="utf-8")
    return {language: Phrases(**said) for language, said in tomllib.loads(written).items()}


PHRASES = _read_phrases()


def terms_text(
    terms: CancellationPolicy,
    starts_at: datetime,
    zone: ZoneInfo,
    language: str = ENGLISH,
    *,
    at: datetime | None = None,
) -> str:
    """`Free cancellation until March 14, 2024 3:00 PM`; raises InvalidInput for a language that is not spoken.

    `at` is when the terms are offered or agreed to: a deadline that had passed by then is none.
    """
    phrases, until = PHRASES[language_of(language)], terms.free_until(starts_at)
    if until is None:
        return phrases.always_free if terms.tiers[0].is_free else phrases.never_free
    if at is not None and until < at:
        return phrases.never_free
    return phrases.free_until.format(until=_moment(until, zone, language))


def window_text(window: TierWindow, zone: ZoneInfo, language: str = ENGLISH) -> str:
    """`After March 14, 2024 3:00 PM: 100% of the price`; raises InvalidInput as `terms_text` does."""
    phrases = PHRASES[language_of(language)]
    facts = {"cost": _cost(window.penalty, phrases, language)}
    for name, moment in (("after", window.after), ("until", window.until)):
        if moment is not None:
            facts[name] = _moment(moment, zone, language)
    form = {
        (False, False): phrases.always,
        (False, True): phrases.until,
        (True, False): phrases.after,
        (True, True): phrases.between,
    }[window.after is not None, window.until is not None]
    return form.format(**facts)


def _cost(penalty: Penalty, phrases: Phrases, language: str) -> str:
    match penalty:
        case FirstNight():
            return phrases.first_night
        case Money():
            return money_text(penalty, language) if penalty else phrases.free
        case Percentage():
            share = Decimal(penalty.parts_per_million) / 1_000_000
            percent = format_percent(share, locale=language, decimal_quantization=False)
            return phrases.free if penalty == NOTHING else phrases.part.format(percent=percent)


def money_text(amount: Money, language: str = ENGLISH) -> str:
    """An amount as it is written in a language: `$664.14`, `664,14 $`."""
    value = Decimal(amount.amount_minor).scaleb(-decimals_of(amount.currency))
    return format_currency(value, amount.currency, locale=language)


def _moment(moment: datetime, zone: ZoneInfo, language: str) -> str:
    local = moment.astimezone(zone)
    date, time = format_date(local, "long", locale=language), format_time(local, "short", locale=language)
    return f"{date}{PHRASES[language].at}{time}".replace(_THIN_SPACE, " ")
