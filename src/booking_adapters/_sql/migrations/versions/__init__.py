"""One revision a file, each with its SQL for both databases beside it."""
