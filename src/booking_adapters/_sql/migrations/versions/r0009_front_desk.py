"""Rooms and who gets which, housekeeping, guests and their points."""

from booking_adapters._sql.migrations.script import run_script

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables, with their walls on Postgres."""
    run_script("0009_front_desk")
