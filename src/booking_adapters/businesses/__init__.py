"""Businesses as their owners write them down: TOML files, read strictly."""

from booking_adapters.businesses.reader import BusinessReader, read_notice_rules

__all__ = ["BusinessReader", "read_notice_rules"]
