"""Prices that customers were given, and which reservations use which promotion codes."""

from booking_adapters._sql.migrations.script import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables, with their walls on Postgres."""
    run_script("0003_quotes")
