"""Addresses of tenants that are told what happens, and what is owed to them."""

from booking_adapters._sql.migrations.script import run_script

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables, with their walls on Postgres."""
    run_script("0017_webhooks")
