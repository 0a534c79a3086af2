"""Calendars by which rental sites tell what they have sold."""

from booking_adapters._sql.migrations.script import run_script

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Add the column."""
    run_script("0026_rental_calendars")
