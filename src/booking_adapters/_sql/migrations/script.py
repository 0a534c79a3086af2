"""Running the SQL of a revision."""

from importlib.resources import files

from alembic import op

STATEMENT_END = "\n\n"


def run_script(name: str) -> None:
    """Run `versions/<name>.<dialect>.sql` in the open transaction: statements separated by blank lines."""
    dialect = op.get_bind().dialect.name
    script = files("booking_adapters._sql.migrations.versions") / f"{name}.{dialect}.sql"
    for statement in script.read_text().split(STATEMENT_END):
        op.get_bind().exec_driver_sql(statement, execution_options={"no_parameters": True})
