"""The tables and their indexes."""

from booking_adapters._sql.migrations.script import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    run_script("0001_tables")
