"""How often a notice was tried, and since when it is over: for those who look at the queue, and for forgetting it."""

from booking_adapters._sql.migrations.script import run_script

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Add the columns, and fill them from what each notice says of itself."""
    run_script("0022_notices_over")
