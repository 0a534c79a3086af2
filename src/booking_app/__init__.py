"""The composition root: one deployment, wired from its settings."""
