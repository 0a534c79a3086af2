"""What channels sent, and which reservation is which booking of theirs."""

from booking_adapters._sql.migrations.script import run_script

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the tables, with their walls on Postgres."""
    run_script("0014_channels")
