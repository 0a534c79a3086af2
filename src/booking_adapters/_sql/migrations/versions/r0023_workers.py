"""Signs of life of workers."""

from booking_adapters._sql.migrations.script import run_script

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the table."""
    run_script("0023_workers")
