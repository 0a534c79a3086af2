"""What is over is found quickly, and an outside calendar's busy time is closed once."""

from booking_adapters._sql.migrations.script import run_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Remove twins of closures, then make the two indexes."""
    run_script("0005_past")
