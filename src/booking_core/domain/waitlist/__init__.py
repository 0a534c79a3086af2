"""Who waits for what is taken, and what they are offered."""
