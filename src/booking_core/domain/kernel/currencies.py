"""The currencies of ISO 4217 and how many decimals each has, as data."""

from collections.abc import Mapping
from types import MappingProxyType

from booking_core.domain.kernel.errors import InvalidInput

_CODES_BY_DECIMALS: Mapping[int, str] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
        CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
        GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA
        MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR
        RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD
        TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

DECIMALS: Mapping[str, int] = MappingProxyType(
    {code: decimals for decimals, codes in _CODES_BY_DECIMALS.items() for code in codes.split()}
)
"""Decimals of each code: ISO 4217 list one as of 2025, without metals, test codes and units of account.

ANG (until 2025) and BGN (until 2026) stay, so that the bookings made in them can still be read.
"""


def decimals_of(currency: str) -> int:
    """How many decimals amounts of a currency have (JPY 0, USD 2, KWD 3); raises InvalidInput."""
    if currency in DECIMALS:
        return DECIMALS[currency]
    raise InvalidInput("currency", "is not an active ISO 4217 code (three capitals)", currency)
