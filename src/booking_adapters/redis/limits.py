"""Rate limits by the generic cell rate algorithm (ITU-T I.371): one number a key, in the server's time."""

from datetime import timedelta

from booking_adapters.redis.connection import RedisConnection
from booking_core.ports.live import RateRule

SPEND = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local each, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + each
local wait = due - burst - now
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', due - now)
return 0
"""
_MILLISECOND = timedelta(milliseconds=1)


class RedisRateLimiter:
    """The RateLimiter port: what all processes of a deployment let through together."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    def spend(self, key: str, rule: RateRule) -> timedelta:
        name = f"{self._connection.prefix}:rate:{rule.name}:{key}"
        each = rule.per // _MILLISECOND // rule.most
        wait: int = self._connection.run(SPEND, [name], each, each * rule.most)
        return wait * _MILLISECOND
