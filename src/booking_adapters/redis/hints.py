"""Which places are held: a sorted set a resource, by when each hold expires, checked for overlap in one step."""

from collections.abc import Collection

from booking_adapters.redis.connection import RedisConnection
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.period import Period, epoch
from booking_core.ports.live import HoldHint, Unreachable

MOST_HINTS = 500
"""Of one resource; beyond that those that expire first are forgotten."""

# A member is `start end session-and-claim`; its score is its expiry in whole seconds.
EXPECT = """
local now = tonumber(redis.call('TIME')[1])
local start, last, own = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')) do
    local first, until_, claim, session = string.match(member, '^(%d+) (%d+) (%S+) (.*)$')
    if session ~= own and tonumber(first) < last and start < tonumber(until_) then return 1 end
end
return 0
"""
RECORD = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    if string.match(member, '^%d+ %d+ (%S+) ') == ARGV[1] then redis.call('ZREM', KEYS[1], member) end
end
for place = 4, #ARGV do redis.call('ZADD', KEYS[1], ARGV[2], ARGV[place]) end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -(tonumber(ARGV[3]) + 1))
local latest = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
if latest then redis.call('EXPIREAT', KEYS[1], math.ceil(tonumber(latest))) end
return 1
"""


class RedisHoldHints:
    """The HoldHints port."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    def expect_taken(
        self, tenant: TenantId, resources: Collection[str], period: Period, session: str
    ) -> bool:
        wanted = (epoch(period.start), epoch(period.end), session)
        try:
            return any(
                self._connection.run(EXPECT, [self.key(tenant, each)], *wanted) for each in sorted(resources)
            )
        except Unreachable:
            return False

    def record(self, tenant: TenantId, hint: HoldHint) -> None:
        for resource in sorted({name for name, _ in hint.taken}):
            members = [
                f"{epoch(period.start)} {epoch(period.end)} {hint.claim} {hint.session}"
                for name, period in hint.taken
                if name == resource
            ]
            self._write(tenant, resource, hint.claim, epoch(hint.expires_at), *members)

    def key(self, tenant: TenantId, resource: str) -> str:
        """Where the holds of a resource (by key) are: one hash slot a resource."""
        return self._connection.key(tenant, resource, "holds")

    def _write(self, tenant: TenantId, resource: str, claim: ClaimId, expires_at: int, *members: str) -> None:
        """Replace what is known of a claim."""
        try:
            self._connection.run(
                RECORD, [self.key(tenant, resource)], str(claim), expires_at, MOST_HINTS, *members
            )
        except Unreachable:
            return
