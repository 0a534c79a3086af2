"""The guards: no two claims on one lane at one time, and on Postgres the walls between tenants."""

from booking_adapters._sql.migrations.script import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Arm them. Fails, and leaves everything as it was, where stored allocations overlap."""
    run_script("0002_guards")
