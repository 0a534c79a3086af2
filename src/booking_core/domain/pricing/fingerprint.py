"""One text for one content: equal domain values have it in common, different ones do not."""

import hashlib
import json
from datetime import date, timedelta

import attrs


def fingerprint(*content: object) -> str:
    """The SHA-256 (64 hex digits) of domain values as JSON: attrs classes by field, keys sorted."""
    text = json.dumps(content, default=_plain, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value // timedelta(microseconds=1)} µs"
    kind = type(value)
    assert attrs.has(kind), f"a quote holds frozen domain values, dates and plain data, not {kind.__name__}"
    return {field.name: getattr(value, field.name) for field in attrs.fields(kind)}
