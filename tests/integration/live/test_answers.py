"""Answers of the last minute: they keep their contract, spare the storage questions, and decide nothing."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import attrs
import pytest
import redis

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.memory import MemoryStore
from booking_adapters.memory import answers as in_memory
from booking_adapters.memory.answers import MemoryAnswers, NoAnswers
from booking_adapters.redis import RedisAnswers, RedisConnection
from booking_adapters.redis.answers import LARGEST_ANSWER
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.builders import a_business
from booking_adapters.testing.contracts import AnswersContract
from booking_adapters.testing.contracts.live import IDS
from booking_adapters.testing.contracts.scene import Scene, Storage, hours
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_adapters.testing.processes import free_port
from booking_adapters.testing.servers import ValkeyServer
from booking_core.domain.kernel.errors import BookingError, KeyReused
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Status
from booking_core.ports.answers import Answers, GivenAnswer
from booking_core.usecases.book import Book, BookCommand, Booked
from booking_core.usecases.recalled_booking import RecalledBooking
from tests.integration.races.rush import rush

TOMORROW_AT = "2026-03-03 {:02}:00"
_MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def scene() -> Scene:
    return Scene.fresh(MemoryStore())


@pytest.fixture
def connection(valkey_server: ValkeyServer) -> Iterator[RedisConnection]:
    with RedisConnection(valkey_server.url(), prefix=f"answers-{IDS.new()}") as connection:
        yield connection


class TestMemoryAnswers(AnswersContract):
    @pytest.fixture
    def clock(self) -> FixedClock:
        return FixedClock()

    @pytest.fixture
    def answers(self, clock: FixedClock) -> Answers:
        return MemoryAnswers(clock)

    @pytest.fixture
    def passes(self, clock: FixedClock) -> Callable[[timedelta], None]:
        return clock.advance

    def test_of_too_many_the_oldest_are_forgotten(
        self, answers: Answers, tenant: TenantId, answer: GivenAnswer
    ) -> None:
        with patch.object(in_memory, "MOST_ANSWERS", 2):
            for key in ("first", "second", "third"):
                answers.keep(tenant, key, answer)
        known = [answers.recall(tenant, key) for key in ("first", "second", "third")]
        assert known == [None, answer, answer]


class TestRedisAnswers(AnswersContract):
    @pytest.fixture
    def answers(self, connection: RedisConnection) -> Answers:
        return RedisAnswers(connection)

    @pytest.fixture
    def elsewhere(self, valkey_server: ValkeyServer, connection: RedisConnection) -> Iterator[Answers]:
        with RedisConnection(valkey_server.url(), prefix=connection.prefix) as another:
            yield RedisAnswers(another)

    @pytest.fixture
    def passes(
        self, valkey_server: ValkeyServer, connection: RedisConnection
    ) -> Iterator[Callable[[timedelta], None]]:
        """The server's time cannot be set: all that it keeps ends so much earlier."""
        client: Any = redis.Redis.from_url(valkey_server.url())

        def passes(span: timedelta) -> None:
            for key in client.scan_iter(f"{connection.prefix}:*"):
                client.pexpire(key, client.pttl(key) - span // _MILLISECOND)

        with client:
            yield passes

    def test_what_is_too_large_is_not_kept(
        self, answers: Answers, tenant: TenantId, answer: GivenAnswer
    ) -> None:
        answers.keep(tenant, "key", attrs.evolve(answer, fingerprint="x" * LARGEST_ANSWER))
        assert answers.recall(tenant, "key") is None

    @pytest.mark.parametrize("text", ["", "no JSON", "{}", '{"fingerprint": "print", "reservation": {}}'])
    def test_what_another_version_wrote_is_passed_over(
        self, connection: RedisConnection, valkey_server: ValkeyServer, tenant: TenantId, text: str
    ) -> None:
        answers = RedisAnswers(connection)
        with redis.Redis.from_url(valkey_server.url()) as client:
            client.set(answers.key(tenant, "key"), text)
        assert answers.recall(tenant, "key") is None


def test_where_nothing_is_kept_and_where_nobody_answers_nothing_is_known(scene: Scene) -> None:
    tenant = TenantId(IDS.new())
    answer = GivenAnswer(fingerprint="print", reservation=scene.reserve("room", hours(10, 11)))
    with RedisConnection(f"redis://127.0.0.1:{free_port()}/0") as nobody:
        for answers in (NoAnswers(), RedisAnswers(nobody)):
            answers.keep(tenant, "key", answer)
            assert answers.recall(tenant, "key") is None


class Shop:
    """A barber with one chair, who counts how often the storage was asked to book."""

    def __init__(self, store: Storage, answers: Answers, **policy: object) -> None:
        engine = TheEngine(store, FixedClock())
        barber = a_business("barber", code="CUT").with_staff("ben", hours="MO-SU 06:00-21:00")
        shave = barber.offering("shave", "staff", minutes=15, every=15).under(**policy)
        self.shop: OpenBusiness = engine.opens(shave)
        self.asked: list[str] = []
        booking = engine.book._use_case
        assert isinstance(booking, Book)
        self.book_now = Persistent(booking.answer)
        self.book = RecalledBooking(book=self._count, answers=answers)

    def order(self, hour: int, key: str, name: str = "Ada") -> BookCommand:
        return BookCommand(
            tenant=self.shop.tenant,
            wanted=self.shop.wanted("shave", TOMORROW_AT.format(hour)),
            customer=Customer(name=name),
            idempotency_key=key,
        )

    def _count(self, command: BookCommand) -> Booked:
        self.asked.append(command.idempotency_key)
        return self.book_now(command)


@pytest.fixture(params=["memory", "redis"])
def answers(request: pytest.FixtureRequest) -> Answers:
    if request.param == "memory":
        return MemoryAnswers(FixedClock())
    return RedisAnswers(request.getfixturevalue("connection"))


def test_a_request_that_is_sent_again_is_answered_without_the_storage(
    store: Storage, answers: Answers
) -> None:
    shop = Shop(store, answers)
    first = shop.book(shop.order(10, "a"))
    again = [shop.book(shop.order(10, "a")) for _ in range(3)]
    assert not first.is_replay
    assert again == [attrs.evolve(first, is_replay=True)] * 3
    assert shop.asked == ["a"]


def test_another_request_under_the_same_key_is_refused_by_what_is_known_and_by_the_storage(
    store: Storage, answers: Answers
) -> None:
    shop = Shop(store, answers)
    shop.book(shop.order(10, "a"))
    with pytest.raises(KeyReused):
        shop.book(shop.order(11, "a"))
    assert shop.asked == ["a"]
    with pytest.raises(KeyReused):
        attrs.evolve(shop.book, answers=NoAnswers())(shop.order(11, "a"))
    assert shop.asked == ["a", "a"]


def test_without_a_key_every_request_is_a_new_one(store: Storage, answers: Answers) -> None:
    shop = Shop(store, answers)
    shop.book(shop.order(10, ""))
    with pytest.raises(BookingError):
        shop.book(shop.order(10, ""))
    assert len(shop.asked) == 2


def test_what_was_refused_is_asked_anew(store: Storage, answers: Answers) -> None:
    shop = Shop(store, answers)
    taken = shop.book(shop.order(10, "first")).reservation
    with pytest.raises(BookingError):
        shop.book(shop.order(10, "second"))
    shop.shop.cancel(taken)
    assert shop.book(shop.order(10, "second")).reservation.status is Status.CONFIRMED


def test_what_still_waits_is_told_as_it_stands(store: Storage, answers: Answers) -> None:
    shop = Shop(store, answers, needs_approval=True)
    waiting = shop.book(shop.order(10, "a")).reservation
    assert waiting.status is Status.PENDING
    shop.shop.confirm(waiting)
    assert shop.book(shop.order(10, "a")).reservation.status is Status.CONFIRMED
    assert shop.asked == ["a", "a"]


def test_a_flush_and_a_kill_in_the_middle_of_a_storm_of_repeats_book_nothing_twice(store: Storage) -> None:
    with ValkeyServer() as server, RedisConnection(server.url()) as connection:
        shop = Shop(store, RedisAnswers(connection))
        waves: list[list[Booked | BookingError]] = []
        for wave in range(3):
            if wave == 1:
                with redis.Redis.from_url(server.url()) as client:
                    client.flushall()
            if wave == 2:
                server.kill()
            orders = [shop.order(hour, f"key {hour}") for hour in range(8, 12) for _ in range(3)]
            waves.append(rush([partial(shop.book, order) for order in orders]))
    outcomes = [outcome for wave in waves for outcome in wave]
    made = {outcome.reservation.id for outcome in outcomes if isinstance(outcome, Booked)}
    assert (len(outcomes), len(made)) == (36, 4)
    assert [outcome for outcome in outcomes if not isinstance(outcome, Booked)] == []
    assert connection.failures >= 1
