"""Locks, limits and hints on Redis or Valkey, shared by every process of a deployment. Losing it loses no booking."""

from booking_adapters.redis.connection import RedisConnection
from booking_adapters.redis.hints import RedisHoldHints
from booking_adapters.redis.limits import RedisRateLimiter
from booking_adapters.redis.locks import RedisLocks

__all__ = ["RedisConnection", "RedisHoldHints", "RedisLocks", "RedisRateLimiter"]
