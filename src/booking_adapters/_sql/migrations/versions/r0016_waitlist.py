"""Who waits for what is taken."""

from booking_adapters._sql.migrations.script import run_script

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the table, with its wall on Postgres."""
    run_script("0016_waitlist")
