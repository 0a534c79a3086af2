"""Alembic's entry: one environment for both databases, always on a connection that `migrate` hands over."""

from alembic import context

from booking_adapters._sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
