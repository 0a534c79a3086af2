"""What the SQL storages share: tables, column types, statements compiled once, repositories, migrations."""
