"""Calendars outside: feeds, subscriptions, and entries owed to calendars of people's own."""

from booking_adapters._sql.migrations.script import run_script

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables, with their walls on Postgres."""
    run_script("0007_calendars")
