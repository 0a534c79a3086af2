"""Modifications that wait for money."""

from booking_adapters._sql.migrations.script import run_script

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the table, with its wall on Postgres."""
    run_script("0015_amendments")
