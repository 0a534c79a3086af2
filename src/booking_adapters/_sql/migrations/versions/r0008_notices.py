"""Notices, links that were given away, and browsers that are told."""

from booking_adapters._sql.migrations.script import run_script

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables, with their walls on Postgres."""
    run_script("0008_notices")
