"""Comparing what the provider lists with what we know: the net under everything else."""

from enum import StrEnum

from booking_core.domain.payments.answers import Found
from booking_core.domain.payments.payment import OVERTAKEN, Payment, is_overtaken


class Finding(StrEnum):
    """What a sweep finds.

    AGREES: nothing to do. UNDER_WAY: an open intent will find it out. STRAY: money on a payment that failed or
    was voided, or that somebody captured by hand; record it with `Payment.discover` and settle. FOREIGN: none of
    our payments; never touched, but told. DIFFERS: amounts that no rule explains; told.
    """

    AGREES = "agrees"
    UNDER_WAY = "under_way"
    STRAY = "stray"
    FOREIGN = "foreign"
    DIFFERS = "differs"


def compare(found: Found, payment: Payment | None) -> Finding:
    """What an entry of the provider's list means for the payment whose intent it names."""
    if payment is None or found.intent is None:
        return Finding.FOREIGN
    if payment.orders:
        return Finding.UNDER_WAY
    if found.reference != payment.reference and payment.state not in OVERTAKEN:
        # Another charge for the same instruction: a clock that stepped renewed its key too early.
        has_money = bool(found.authorised) or found.captured > found.refunded
        return Finding.DIFFERS if has_money else Finding.AGREES
    if (found.authorised, found.captured - found.refunded) == (payment.authorised, payment.paid):
        return Finding.AGREES
    return Finding.STRAY if is_overtaken(payment, found) else Finding.DIFFERS
