"""Advisory locks: a tenant's locks are fields of one hash, so that meeting and taking is one step.

Tokens are microseconds of the server's clock, or one more than the last: they grow even after everything was flushed.
Numbers of 16 digits travel as text, because the server's JSON keeps 14.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from booking_adapters.redis.connection import RedisConnection
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.editing import Edited, Lock, LockHeld, LockWish, Scope, StaleLock, checked_ttl
from booking_core.ports.live import MOST_LOCKS, TooManyLocks

_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""
ACQUIRE = f"""{_NOW}
local owner, holder, ttl, most, text = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local wanted, live = cjson.decode(text), 0
local function meets(scopes)
    for _, one in ipairs(wanted) do
        for _, other in ipairs(scopes) do
            if one[1] == other[1] and one[2] < other[3] and other[2] < one[3] then return true end
        end
    end
    return false
end
local all = redis.call('HGETALL', KEYS[1])
for place = 1, #all, 2 do
    local lock = cjson.decode(all[place + 1])
    if lock.expires <= now then
        redis.call('HDEL', KEYS[1], all[place])
    else
        live = live + 1
        if lock.owner ~= owner then
            if meets(cjson.decode(lock.scopes)) then return {{'held', all[place + 1]}} end
        elseif lock.scopes == text then
            lock.expires = now + ttl
            local renewed = cjson.encode(lock)
            redis.call('HSET', KEYS[1], all[place], renewed)
            return {{'ok', renewed}}
        end
    end
end
if live >= most then return {{'full', ''}} end
local token = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
if token <= last then token = last + 1 end
local name = string.format('%.0f', token)
local taken = cjson.encode({{
    token = name, owner = owner, holder = holder, scopes = text, since = now, expires = now + ttl}})
redis.call('SET', KEYS[2], name)
redis.call('HSET', KEYS[1], name, taken)
return {{'ok', taken}}
"""
RENEW = f"""{_NOW}
local found = redis.call('HGET', KEYS[1], ARGV[1])
if not found then return false end
local lock = cjson.decode(found)
if lock.owner ~= ARGV[2] or lock.expires <= now then return false end
lock.expires = now + tonumber(ARGV[3])
local renewed = cjson.encode(lock)
redis.call('HSET', KEYS[1], ARGV[1], renewed)
return renewed
"""
# Without a token (''): everything of the owner.
RELEASE = f"""{_NOW}
local ended = {{}}
local all = redis.call('HGETALL', KEYS[1])
for place = 1, #all, 2 do
    local lock = cjson.decode(all[place + 1])
    local is_it = lock.owner == ARGV[2] and (ARGV[1] == '' or ARGV[1] == all[place])
    if is_it or lock.expires <= now then redis.call('HDEL', KEYS[1], all[place]) end
    if is_it and lock.expires > now then table.insert(ended, all[place + 1]) end
end
return ended
"""
HELD = f"""{_NOW}
local live = {{}}
for _, text in ipairs(redis.call('HVALS', KEYS[1])) do
    if cjson.decode(text).expires > now then table.insert(live, text) end
end
return live
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class RedisLocks:
    """The Locks port. The server's clock says when a lock ends."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    def acquire(self, tenant: TenantId, wish: LockWish) -> Lock:
        arguments = (wish.owner, wish.holder, wish.ttl // _MILLISECOND, MOST_LOCKS, _text(wish.scopes))
        outcome, lock = self._connection.run(ACQUIRE, self.keys(tenant), *arguments)
        if outcome == "held":
            raise LockHeld.by(_lock_of(lock))
        if outcome == "full":
            raise TooManyLocks("too many locks are held; please try again later")
        return _lock_of(lock)

    def renew(self, tenant: TenantId, token: int, owner: str, ttl: timedelta) -> Lock:
        milliseconds = checked_ttl(ttl) // _MILLISECOND
        renewed = self._connection.run(RENEW, self.keys(tenant), token, owner, milliseconds)
        if not renewed:
            raise StaleLock("your lock has ended")
        return _lock_of(renewed)

    def release(self, tenant: TenantId, token: int, owner: str) -> Lock | None:
        ended = self._connection.run(RELEASE, self.keys(tenant), token, owner)
        return _lock_of(ended[0]) if ended else None

    def release_all(self, tenant: TenantId, owner: str) -> Sequence[Lock]:
        return _in_order(self._connection.run(RELEASE, self.keys(tenant), "", owner))

    def held(self, tenant: TenantId) -> Sequence[Lock]:
        return _in_order(self._connection.run(HELD, self.keys(tenant)))

    def keys(self, tenant: TenantId) -> list[str]:
        """The locks, and the last token."""
        return [self._connection.key(tenant, "editing", name) for name in ("locks", "token")]


def _text(scopes: Iterable[Scope]) -> str:
    told = [
        [f"{each.kind}:{each.id}", each.first.isoformat(), each.end.isoformat()] for each in sorted(scopes)
    ]
    return json.dumps(told, separators=(",", ":"))


def _in_order(texts: Iterable[str]) -> list[Lock]:
    return sorted(map(_lock_of, texts), key=lambda lock: lock.token)


def _lock_of(text: str) -> Lock:
    told: dict[str, Any] = json.loads(text)
    return Lock(
        token=int(told["token"]),
        owner=told["owner"],
        holder=told["holder"],
        scopes=tuple(_scope_of(*each) for each in json.loads(told["scopes"])),
        since=_EPOCH + told["since"] * _MILLISECOND,
        expires_at=_EPOCH + told["expires"] * _MILLISECOND,
    )


def _scope_of(name: str, first: str, end: str) -> Scope:
    kind, _, key = name.partition(":")
    return Scope(
        kind=Edited(kind), id=UUID(key), first=date.fromisoformat(first), end=date.fromisoformat(end)
    )
