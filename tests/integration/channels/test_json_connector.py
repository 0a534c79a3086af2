"""A channel that is spoken to by HTTP: it keeps the contract, and whatever goes wrong with it is told apart."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest

from booking_adapters._net.outgoing import Outgoing
from booking_adapters.channels.json_connector import ChannelSite, JsonChannels, JsonConnector
from booking_adapters.channels.signatures import Secret
from booking_adapters.channels.webhooks import DerivedSecrets
from booking_adapters.memory import MemoryStore
from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.builders import cabins
from booking_adapters.testing.channel import Connected, FakeChannel
from booking_adapters.testing.channel_server import ChannelServer, ServerFault
from booking_adapters.testing.contracts import ChannelConnectorContract
from booking_adapters.testing.contracts.channel_connector import an_update
from booking_adapters.testing.contracts.channels import a_message
from booking_adapters.testing.contracts.scene import NOW, Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.channels.link import Kind
from booking_core.domain.channels.restrictions import DepartureDating
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.channel_connector import ChannelRefused, ChannelUnavailable
from tests.integration.channels.outlet import Outlet
from tests.integration.channels.seller import Seller, booking

SECRET = Secret.of_bytes(b"thirty-two bytes that both know!").text


@pytest.fixture
def server() -> Iterator[ChannelServer]:
    with ChannelServer(FixedClock(NOW), secret=SECRET) as server:
        yield server


@pytest.fixture
def channel(server: ChannelServer) -> FakeChannel:
    return server.channel


@pytest.fixture
def connector(server: ChannelServer) -> JsonConnector:
    return connected(server)


def connected(server: ChannelServer, *, seconds: float = 5, secret: str = SECRET) -> JsonConnector:
    return JsonConnector(
        channel="ota",
        url=f"{server.url}/",
        dating=DepartureDating.LAST_NIGHT,
        secret=Secret(secret),
        clock=server.clock,
        ids=SeededIds(),
        http=Outgoing(seconds=seconds, most_bytes=100_000, loopback=True),
    )


class TestJsonConnector(ChannelConnectorContract): ...


class TestFakeChannel(ChannelConnectorContract):
    @pytest.fixture
    def channel(self) -> FakeChannel:
        return FakeChannel()

    @pytest.fixture
    def connector(self, channel: FakeChannel) -> FakeChannel:
        return channel


@pytest.mark.parametrize("fault", list(ServerFault))
def test_a_channel_that_fails_is_asked_again_and_knows_it_then(
    server: ChannelServer, fault: ServerFault
) -> None:
    server.faults = [fault]
    with pytest.raises(ChannelUnavailable):
        connected(server, seconds=0.3).push(an_update())
    was_heard = fault in {ServerFault.ERROR_AFTER, ServerFault.HANG_AFTER, ServerFault.GARBAGE}
    assert bool(server.channel.updates) is was_heard
    connected(server).push(an_update(2))
    assert server.channel.updates[-1] == an_update(2)


def test_a_slow_channel_is_given_up_in_time(server: ChannelServer) -> None:
    server.slowness_seconds = 20
    with pytest.raises(ChannelUnavailable):
        connected(server, seconds=0.2).pull()


def test_a_channel_that_does_not_know_our_secret_refuses_us(server: ChannelServer) -> None:
    stranger = connected(server, secret=Secret.of_bytes(b"x" * 32).text)
    for ask in (lambda: stranger.push(an_update()), stranger.pull, lambda: stranger.acknowledge([])):
        with pytest.raises(ChannelRefused, match="401"):
            ask()
    assert server.channel.updates == []


def test_a_message_from_another_time_is_refused(server: ChannelServer) -> None:
    late = attrs.evolve(connected(server), clock=FixedClock(NOW.replace(year=2025)))
    with pytest.raises(ChannelRefused, match="401"):
        late.push(an_update())


def test_a_place_that_is_not_asked_is_refused(server: ChannelServer) -> None:
    inside = attrs.evolve(connected(server), url="https://10.0.0.1/channel")
    with pytest.raises(ChannelRefused, match="its address was refused"):
        inside.pull()


def test_nobody_there_is_unavailable(server: ChannelServer) -> None:
    gone = attrs.evolve(connected(server), url="http://127.0.0.1:9/")
    with pytest.raises(ChannelUnavailable, match="could not be reached"):
        gone.pull()


def always(server: ChannelServer, status: int, data: Any) -> None:
    """It answers every request with the same."""

    def answer(*_: object) -> tuple[int, Any]:
        return status, data

    server.answer = answer  # type: ignore[method-assign,assignment]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ([], ChannelUnavailable),
        ({"bookings": {}}, ChannelUnavailable),
        ({"bookings": [], "cursor": 7}, ChannelUnavailable),
        ({"bookings": [], "cursor": "c" * 501}, ChannelRefused),
        ({"bookings": [{}] * 501}, ChannelRefused),
        ({"bookings": [{"reference": "x" * 150_000}]}, ChannelUnavailable),
    ],
)
def test_pages_that_make_no_sense(server: ChannelServer, data: object, kind: type[Exception]) -> None:
    always(server, 200, data)
    with pytest.raises(kind):
        connected(server).pull()


@pytest.mark.parametrize(
    "rejected", [7, [7], [{"date": "2026-02-30", "reason": ""}], [{"date": "2026-03-01"}]]
)
def test_refusals_that_make_no_sense(server: ChannelServer, rejected: object) -> None:
    always(server, 200, {"rejected": rejected})
    with pytest.raises(ChannelUnavailable, match="no sense"):
        connected(server).push(an_update())


@pytest.mark.parametrize(
    ("status", "kind"), [(404, ChannelRefused), (302, ChannelRefused), (429, ChannelUnavailable)]
)
def test_what_an_answer_says_of_another_time(
    server: ChannelServer, status: int, kind: type[Exception]
) -> None:
    always(server, status, {})
    with pytest.raises(kind, match=str(status)):
        connected(server).acknowledge([a_message().message])


def test_a_booking_that_makes_no_sense_keeps_the_others_not_back(server: ChannelServer) -> None:
    good = {"reference": "R-1", "revision": 1, "kind": "cancelled"}
    senseless = [{}, 7, {**good, "kind": "\x00"}, {**good, "kind": "new"}, {**good, "reference": "\x00"}]
    always(server, 200, {"bookings": [*senseless, good]})
    page = connected(server).pull()
    assert [each.message.reference for each in page.bookings] == ["R-1"]
    assert len(page.unreadable) == len(senseless)
    assert all(each.isprintable() for each in page.unreadable)


def wire(store: Storage, engine: TheEngine, server: ChannelServer, tenant: TenantId) -> Connected:
    """The tenant's channel as a deployment sets it up."""
    secrets = DerivedSecrets("a key that nobody else has, and long enough")
    server.clock = engine.clock
    server.secret = secrets.of(tenant, "channel ota", 1)
    sites = [ChannelSite(tenant="alpine-cabins", channel="ota", url=server.url)]
    channels = JsonChannels(
        sites=sites,
        tenants=store,
        secrets=secrets,
        clock=engine.clock,
        ids=engine.ids,
    )
    return Connected(channels.of(tenant))


def test_from_a_booking_here_to_the_channel_and_from_the_channel_back(
    store: Storage, engine: TheEngine, server: ChannelServer
) -> None:
    outlet = Outlet.of(engine, cabins(2))
    connections = wire(store, engine, server, outlet.house.tenant)
    outlet.channel = server.channel
    outlet.lists("cabin", "cabin-1")
    sender = attrs.evolve(outlet.sender(), connectors=connections)
    outlet.house.book("cabin", "2026-03-05/2026-03-07", by=["cabin-1"])
    server.faults = [ServerFault.ERROR_AFTER]
    sender(outlet.house.tenant)
    outlet.waits(minutes=1)
    sender(outlet.house.tenant)
    assert outlet.left("2026-03-04", 4) == [1, 0, 0, 1]

    seller = Seller(engine, outlet.house, server.channel)
    server.channel.sells(booking(outlet.house, "2026-03-10/2026-03-12"))
    pulls = attrs.evolve(seller.pulls(), connectors=connections)
    assert pulls(outlet.house.tenant) == 1
    seller.imports()(outlet.house.tenant)
    server.faults = [ServerFault.ERROR_AFTER]
    pulls(outlet.house.tenant)
    assert server.channel.is_done, "it heard, and we do not know it"
    server.channel.replays([booking(outlet.house, "2026-03-10/2026-03-12")])
    for _ in range(3):
        pulls(outlet.house.tenant)
        seller.imports()(outlet.house.tenant)
    assert server.channel.is_done
    assert len(seller.everything()) == 2
    outlet.hears()
    sender(outlet.house.tenant)
    assert outlet.left("2026-03-10", 3) == [0, 0, 1], "what it sold itself is not left any more"


def test_channels_are_those_of_their_tenant_and_set_up_once(server: ChannelServer) -> None:
    store, secrets = MemoryStore(), DerivedSecrets("a key that nobody else has, and long enough")
    facts: Mapping[str, Any] = {
        "tenants": store,
        "secrets": secrets,
        "clock": server.clock,
        "ids": SeededIds(),
    }
    site = ChannelSite(tenant="alpine-cabins", channel="ota", url=server.url)
    house = TheEngine(store).opens(cabins(1))
    neighbour = ChannelSite(tenant="nobody", channel="other", url=server.url)
    assert set(JsonChannels(sites=[site, neighbour], **facts).of(house.tenant)) == {"ota"}
    with pytest.raises(InvalidInput, match="set up twice"):
        JsonChannels(sites=[site, site], **facts)
    for wrong in (attrs.evolve(site, channel="No Key"), attrs.evolve(site, url="http://10.0.0.1/")):
        with pytest.raises(InvalidInput):
            JsonChannels(sites=[wrong], **facts)


def test_messages_that_come_twice_and_backwards_make_one_booking_each(
    store: Storage, engine: TheEngine, server: ChannelServer
) -> None:
    seller = Seller(engine, engine.opens(cabins(3)), server.channel)
    pulls = attrs.evolve(seller.pulls(), connectors=wire(store, engine, server, seller.house.tenant))
    server.channel.shuffles, server.channel.page = True, 2
    server.channel.sells(
        booking(seller.house, "2026-03-10/2026-03-12"),
        booking(seller.house, "2026-03-10/2026-03-13", revision=2, kind=Kind.MODIFIED),
        booking(seller.house, "2026-03-20/2026-03-22", reference="R-2"),
    )
    for _ in range(3):
        pulls(seller.house.tenant)
        seller.imports()(seller.house.tenant)
    assert server.channel.is_done
    assert len(seller.everything()) == 2
    moved = seller.booked().stay
    assert moved is not None
    assert moved.nights == 3
