"""Cash and points in folios: who took them at the desk."""

from booking_adapters._sql.migrations.script import run_script

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column."""
    run_script("0013_tender")
