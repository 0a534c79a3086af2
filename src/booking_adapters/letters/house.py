"""The words of the house, in English and German: what a business sends that wrote none of its own."""

from collections.abc import Mapping

import attrs


@attrs.frozen(kw_only=True)
class Words:
    """One message: `subject` and `text` for a mail, `short` for a telephone or a browser."""

    subject: str
    text: str
    short: str


_DETAILS = {
    "en": (
        "{{ service }}\n{{ when }}\n{{ venue }}{% if provider %} ({{ provider }}){% endif %}\n"
        "Booking number: {{ code }}{% if price %}\nPrice: {{ price }}{% endif %}{% if terms %}\n{{ terms }}{% endif %}"
    ),
    "de": (
        "{{ service }}\n{{ when }}\n{{ venue }}{% if provider %} ({{ provider }}){% endif %}\n"
        "Buchungsnummer: {{ code }}{% if price %}\nPreis: {{ price }}{% endif %}{% if terms %}\n{{ terms }}{% endif %}"
    ),
}
_GREETING = {"en": "Hello {{ customer }},", "de": "Guten Tag {{ customer }},"}
_LINK = {
    "en": "{% if manage_url %}\n\nShow or cancel your booking:\n{{ manage_url }}{% endif %}",
    "de": "{% if manage_url %}\n\nBuchung ansehen oder stornieren:\n{{ manage_url }}{% endif %}",
}


def _to_client(language: str, *, subject: str, says: str, short: str) -> Words:
    text = f"{_GREETING[language]}\n\n{says}\n\n{_DETAILS[language]}{_LINK[language]}\n\n{{{{ business }}}}\n"
    return Words(subject=subject, text=text, short=f"{{{{ business }}}}: {short}")


_WAITED_FOR = "{{ service }}\n{{ when }}\n{{ venue }}"
_ANSWER = {
    "en": "{% if manage_url %}\n\nLook at it, book it or let it go:\n{{ manage_url }}{% endif %}",
    "de": "{% if manage_url %}\n\nAnsehen, buchen oder ablehnen:\n{{ manage_url }}{% endif %}",
}


def _in_line(language: str, *, subject: str, says: str, short: str) -> Words:
    """To somebody who waits. The link is in the short words, too: there is no other way to answer an offer."""
    text = f"{_GREETING[language]}\n\n{says}\n\n{_WAITED_FOR}{_ANSWER[language]}\n\n{{{{ business }}}}\n"
    link = "{% if manage_url %} {{ manage_url }}{% endif %}"
    return Words(subject=subject, text=text, short=f"{{{{ business }}}}: {short}{link}")


def _to_house(language: str, *, says: str) -> Words:
    line = f"{says} {{{{ service }}}}, {{{{ when }}}}"
    text = f"{says}\n\n{{{{ customer }}}}\n{_DETAILS[language]}\n"
    return Words(subject=line, text=text, short=f"{line} ({{{{ code }}}})")


_ENGLISH = {
    "placed": _to_client(
        "en",
        subject="{% if is_pending %}Your request{% else %}Your booking{% endif %} {{ code }}: {{ service }}",
        says=(
            "{% if is_pending %}we have received your request and will answer soon."
            "{% else %}thank you for your booking.{% endif %}"
        ),
        short="{% if is_pending %}request{% else %}booking{% endif %} {{ code }}, {{ service }}, {{ when }}",
    ),
    "confirmed": _to_client(
        "en",
        subject="Confirmed: {{ service }}, {{ date }}",
        says="your booking is confirmed.",
        short="booking {{ code }} is confirmed, {{ service }}, {{ when }}",
    ),
    "moved": _to_client(
        "en",
        subject="New time: {{ service }}, {{ date }}",
        says="your booking was moved. This is its new time:",
        short="booking {{ code }} was moved to {{ when }}",
    ),
    "reminder": _to_client(
        "en",
        subject="Reminder: {{ service }}, {{ date }}, {{ time }}",
        says="we look forward to seeing you.",
        short="reminder, {{ service }}, {{ when }} ({{ code }})",
    ),
    "cancelled": _to_client(
        "en",
        subject="Cancelled: {{ service }}, {{ date }}",
        says="your booking was cancelled.",
        short="booking {{ code }} was cancelled, {{ service }}, {{ when }}",
    ),
    "declined": _to_client(
        "en",
        subject="We cannot confirm {{ code }}",
        says="we are sorry that we cannot confirm your booking.",
        short="we are sorry, we cannot confirm {{ code }}, {{ service }}, {{ when }}",
    ),
    "offer": _in_line(
        "en",
        subject="Free for you: {{ service }}, {{ date }}",
        says="what you are waiting for has become free. We keep it for you until {{ until }}.",
        short="{{ service }}, {{ when }} is free for you until {{ until }}",
    ),
    "offer-lapsed": _in_line(
        "en",
        subject="No longer kept for you: {{ service }}, {{ date }}",
        says="we kept this for you until {{ until }}, and have now offered it to others. You may wait again.",
        short="{{ service }}, {{ when }} is no longer kept for you",
    ),
    "taken-off": _in_line(
        "en",
        subject="You are no longer waiting: {{ service }}, {{ date }}",
        says="we have taken you off the waiting list for this.",
        short="you are no longer waiting for {{ service }}, {{ when }}",
    ),
    "waited-in-vain": _in_line(
        "en",
        subject="Nothing became free: {{ service }}, {{ date }}",
        says="we are sorry that nothing you were waiting for became free in time.",
        short="we are sorry, nothing became free: {{ service }}, {{ when }}",
    ),
    "new-booking": _to_house("en", says="New booking:"),
    "booking-cancelled": _to_house("en", says="Cancelled:"),
}
_GERMAN = {
    "placed": _to_client(
        "de",
        subject="{% if is_pending %}Ihre Anfrage{% else %}Ihre Buchung{% endif %} {{ code }}: {{ service }}",
        says=(
            "{% if is_pending %}wir haben Ihre Anfrage erhalten und melden uns bald."
            "{% else %}vielen Dank für Ihre Buchung.{% endif %}"
        ),
        short="{% if is_pending %}Anfrage{% else %}Buchung{% endif %} {{ code }}, {{ service }}, {{ when }}",
    ),
    "confirmed": _to_client(
        "de",
        subject="Bestätigt: {{ service }}, {{ date }}",
        says="Ihre Buchung ist bestätigt.",
        short="Buchung {{ code }} ist bestätigt, {{ service }}, {{ when }}",
    ),
    "moved": _to_client(
        "de",
        subject="Neuer Termin: {{ service }}, {{ date }}",
        says="Ihre Buchung wurde verlegt. Das ist der neue Termin:",
        short="Buchung {{ code }} wurde verlegt auf {{ when }}",
    ),
    "reminder": _to_client(
        "de",
        subject="Erinnerung: {{ service }}, {{ date }}, {{ time }}",
        says="wir freuen uns auf Sie.",
        short="Erinnerung, {{ service }}, {{ when }} ({{ code }})",
    ),
    "cancelled": _to_client(
        "de",
        subject="Storniert: {{ service }}, {{ date }}",
        says="Ihre Buchung wurde storniert.",
        short="Buchung {{ code }} wurde storniert, {{ service }}, {{ when }}",
    ),
    "declined": _to_client(
        "de",
        subject="Leider können wir {{ code }} nicht bestätigen",
        says="leider können wir Ihre Buchung nicht bestätigen.",
        short="leider können wir {{ code }} nicht bestätigen, {{ service }}, {{ when }}",
    ),
    "offer": _in_line(
        "de",
        subject="Frei für Sie: {{ service }}, {{ date }}",
        says="worauf Sie warten, ist frei geworden. Wir halten es für Sie bis {{ until }} frei.",
        short="{{ service }}, {{ when }} ist für Sie frei bis {{ until }}",
    ),
    "offer-lapsed": _in_line(
        "de",
        subject="Nicht mehr für Sie frei: {{ service }}, {{ date }}",
        says="wir haben dies bis {{ until }} für Sie freigehalten und nun weitergegeben. Sie können erneut warten.",
        short="{{ service }}, {{ when }} ist nicht mehr für Sie frei",
    ),
    "taken-off": _in_line(
        "de",
        subject="Sie warten nicht mehr: {{ service }}, {{ date }}",
        says="wir haben Sie hierfür von der Warteliste genommen.",
        short="Sie warten nicht mehr auf {{ service }}, {{ when }}",
    ),
    "waited-in-vain": _in_line(
        "de",
        subject="Leider nichts frei geworden: {{ service }}, {{ date }}",
        says="leider ist nichts rechtzeitig frei geworden, worauf Sie gewartet haben.",
        short="leider ist nichts frei geworden: {{ service }}, {{ when }}",
    ),
    "new-booking": _to_house("de", says="Neue Buchung:"),
    "booking-cancelled": _to_house("de", says="Storniert:"),
}
HOUSE: Mapping[str, Mapping[str, Words]] = {"en": _ENGLISH, "de": _GERMAN}
"""By language, and then by the name of the template."""
