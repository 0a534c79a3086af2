"""The schema's history. Revisions are forward-only and never change once released: they are SQL, not Python tables."""
