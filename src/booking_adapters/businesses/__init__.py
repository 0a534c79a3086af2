"""Businesses as their owners write them down: TOML files, read strictly."""

from booking_adapters.businesses.reader import BusinessReader

__all__ = ["BusinessReader"]
