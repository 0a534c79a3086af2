"""The bell of one process, locks kept in the storage, and what is done when a server is lost."""
