"""The terms of calling off as guests read them: deadlines on the venue's wall, money and percent as written there."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
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


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        at=" ",
        free_until="Free cancellation until {until}",
        always_free="Free cancellation at any time",
        never_free="No free cancellation",
        until="Until {until}: {cost}",
        between="After {after}, until {until}: {cost}",
        after="After {after}: {cost}",
        always="At any time: {cost}",
        free="free of charge",
        part="{percent} of the price",
        first_night="the price of the first night",
    ),
    "de": Phrases(
        at=" um ",
        free_until="Kostenlose Stornierung bis {until}",
        always_free="Kostenlose Stornierung jederzeit",
        never_free="Keine kostenlose Stornierung",
        until="Bis {until}: {cost}",
        between="Nach {after}, bis {until}: {cost}",
        after="Nach {after}: {cost}",
        always="Jederzeit: {cost}",
        free="kostenlos",
        part="{percent} des Preises",
        first_night="der Preis der ersten Nacht",
    ),
    "es": Phrases(
        at=" a las ",
        free_until="Cancelación gratuita hasta el {until}",
        always_free="Cancelación gratuita en cualquier momento",
        never_free="Sin cancelación gratuita",
        until="Hasta el {until}: {cost}",
        between="Después del {after}, hasta el {until}: {cost}",
        after="Después del {after}: {cost}",
        always="En cualquier momento: {cost}",
        free="gratis",
        part="{percent} del precio",
        first_night="el precio de la primera noche",
    ),
    "fr": Phrases(
        at=" à ",
        free_until="Annulation gratuite jusqu'au {until}",
        always_free="Annulation gratuite à tout moment",
        never_free="Pas d'annulation gratuite",
        until="Jusqu'au {until} : {cost}",
        between="Après le {after}, jusqu'au {until} : {cost}",
        after="Après le {after} : {cost}",
        always="À tout moment : {cost}",
        free="gratuit",
        part="{percent} du prix",
        first_night="le prix de la première nuit",
    ),
    "it": Phrases(
        at=" alle ore ",
        free_until="Cancellazione gratuita fino al {until}",
        always_free="Cancellazione gratuita in qualsiasi momento",
        never_free="Nessuna cancellazione gratuita",
        until="Fino al {until}: {cost}",
        between="Dopo il {after}, fino al {until}: {cost}",
        after="Dopo il {after}: {cost}",
        always="In qualsiasi momento: {cost}",
        free="gratuito",
        part="{percent} del prezzo",
        first_night="il prezzo della prima notte",
    ),
    "nl": Phrases(
        at=" om ",
        free_until="Gratis annuleren tot {until}",
        always_free="Altijd gratis annuleren",
        never_free="Niet gratis te annuleren",
        until="Tot {until}: {cost}",
        between="Na {after}, tot {until}: {cost}",
        after="Na {after}: {cost}",
        always="Op elk moment: {cost}",
        free="gratis",
        part="{percent} van de prijs",
        first_night="de prijs van de eerste nacht",
    ),
}


def terms_text(
    terms: CancellationPolicy, starts_at: datetime, zone: ZoneInfo, language: str = ENGLISH
) -> str:
    """`Free cancellation until March 14, 2024 3:00 PM`; raises InvalidInput for a language that is not spoken."""
    phrases, until = PHRASES[language_of(language)], terms.free_until(starts_at)
    if until is None:
        return phrases.always_free if terms.tiers[0].is_free else phrases.never_free
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
