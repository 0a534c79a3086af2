"""What people must look at."""

from booking_adapters._sql.migrations.script import run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table, with its wall on Postgres."""
    run_script("0006_alerts")
