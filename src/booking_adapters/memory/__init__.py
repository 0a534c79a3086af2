"""Storage in memory, for tests and trials: the same answers as the databases, and nothing survives the process."""

from booking_adapters.memory.store import MemoryStore

__all__ = ["MemoryStore"]
