"""The audit log: sealed, so that nobody changes it unseen."""
