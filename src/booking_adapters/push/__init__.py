"""Push messages to browsers (RFC 8030, 8291 and 8292)."""
