"""Answers of the last minute, known to all processes. Each is a key of its own, in a slot of its own."""

import hashlib
import json
import logging
from datetime import timedelta

from booking_adapters._codec.converter import read, write
from booking_adapters.redis.connection import RedisConnection
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.answers import ANSWERS_KEPT, GivenAnswer
from booking_core.ports.live import Unreachable

LARGEST_ANSWER = 32_768
"""Bytes. A booking takes one to three thousand."""
RECALL = "return redis.call('GET', KEYS[1])"
KEEP = "return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])"
_MILLISECOND = timedelta(milliseconds=1)
log = logging.getLogger("booking.redis")


class RedisAnswers:
    """The Answers port."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection

    def recall(self, tenant: TenantId, key: str) -> GivenAnswer | None:
        try:
            text = self._connection.run(RECALL, [self.key(tenant, key)])
        except Unreachable:
            return None
        try:
            return None if text is None else read(json.loads(text), GivenAnswer)
        except (ValueError, InvalidInput):
            log.warning("an answer of another version is passed over")
            return None

    def keep(self, tenant: TenantId, key: str, answer: GivenAnswer) -> None:
        text = json.dumps(write(answer), separators=(",", ":"))
        if len(text) > LARGEST_ANSWER:
            return
        try:
            self._connection.run(KEEP, [self.key(tenant, key)], text, ANSWERS_KEPT // _MILLISECOND)
        except Unreachable:
            return

    def key(self, tenant: TenantId, key: str) -> str:
        """Where an answer is kept. Clients choose their keys, which may be long and mean something."""
        return self._connection.key(tenant, hashlib.sha256(key.encode()).hexdigest(), "answer")
