"""Locks, limits, hints and the bell on Redis or Valkey, shared by all processes. Losing it loses no booking."""

from booking_adapters.redis.answers import RedisAnswers
from booking_adapters.redis.connection import RedisConnection
from booking_adapters.redis.hints import RedisHoldHints
from booking_adapters.redis.limits import RedisRateLimiter
from booking_adapters.redis.locks import RedisLocks
from booking_adapters.redis.updates import RedisCarrier

__all__ = [
    "RedisAnswers",
    "RedisCarrier",
    "RedisConnection",
    "RedisHoldHints",
    "RedisLocks",
    "RedisRateLimiter",
]
