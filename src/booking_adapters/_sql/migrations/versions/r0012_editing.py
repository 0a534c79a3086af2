"""Who is editing what, and under which lock something was saved last."""

from booking_adapters._sql.migrations.script import run_script

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the two tables."""
    run_script("0012_editing")
