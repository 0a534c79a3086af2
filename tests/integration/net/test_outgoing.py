"""What the client does on a real network of this machine, and against servers that mean harm."""

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from booking_adapters._net.addresses import AddressRefused
from booking_adapters._net.outgoing import Answer, AnswerTooLong, Outgoing, Unreachable
from booking_core.domain.kernel.errors import InvalidInput

PATIENCE_SECONDS = 5.0
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
Serve = Callable[[socket.socket], None]


class Listener:
    """A server of one connection at a time that does what it is told with it."""

    def __init__(self, serve: Serve, tls: ssl.SSLContext | None = None) -> None:
        self._serve, self._tls = serve, tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self.connections = 0
        self.port: int = self._socket.getsockname()[1]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_SECONDS)
        self._socket.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            self.connections += 1
            connection.settimeout(PATIENCE_SECONDS)
            with connection:
                try:
                    wrapped = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
                    self._serve(wrapped)
                    wrapped.close()
                except OSError:
                    continue


def answering(answer: bytes, seen: list[bytes] | None = None) -> Serve:
    def serve(connection: socket.socket) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65_536)
        if seen is not None:
            seen.append(received)
        connection.sendall(answer)

    return serve


def here(port: int, path: str = "/") -> str:
    return f"http://127.0.0.1:{port}{path}"


def resolving(*answers: Sequence[str]) -> tuple[Callable[[str, int], Sequence[str]], list[str]]:
    """A resolver that gives one answer after the other, and the names it was asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return resolve, asked


def test_a_request_and_its_answer() -> None:
    seen: list[bytes] = []
    answer = b'HTTP/1.1 201 Created\r\nETag: "7"\r\ncontent-length: 5\r\n\r\nhello'
    with Listener(answering(answer, seen)) as server:
        told = Outgoing(loopback=True).send(
            "POST", here(server.port, "/in?x=1"), headers={"Content-Type": "text/plain"}, content=b"body"
        )
    assert told == Answer(status=201, headers={"etag": '"7"', "content-length": "5"}, body=b"hello")
    assert told.is_success
    head = seen[0].split(b"\r\n\r\n")[0].decode().lower().split("\r\n")
    assert head[0] == "post /in?x=1 http/1.1"
    assert f"host: 127.0.0.1:{server.port}" in head
    assert {"content-type: text/plain", "content-length: 4", "accept-encoding: identity"} <= {*head}


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["fe80::1%eth0"],
    ],
)
def test_a_name_that_leads_to_a_place_that_is_not_public_is_refused(answers: list[str]) -> None:
    resolve, _ = resolving(answers)
    with Listener(answering(OK)) as server:
        with pytest.raises(AddressRefused):
            Outgoing(resolve=resolve).send("GET", f"https://hooks.example:{server.port}/")
        assert server.connections == 0


def test_plain_http_to_a_name_that_leads_elsewhere_is_refused_even_in_a_test() -> None:
    resolve, _ = resolving(["93.184.215.14"])
    with pytest.raises(AddressRefused):
        Outgoing(resolve=resolve, loopback=True).send("GET", "http://localhost/")


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to() -> None:
    resolve, asked = resolving(["127.0.0.1"], ["10.0.0.1"])
    with Listener(answering(OK)) as server:
        url = f"http://hooks.localhost:{server.port}/"
        client = Outgoing(resolve=resolve, loopback=True)
        assert client.send("GET", url).body == b"ok"
        assert asked == ["hooks.localhost"]
        with pytest.raises(AddressRefused):
            client.send("GET", url)
        assert server.connections == 1


def test_the_certificate_must_be_the_names_although_the_connection_goes_to_a_number(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext, list[str]],
) -> None:
    server_side, client_side, asked_for = certificate
    resolve, _ = resolving(["127.0.0.1"])
    seen: list[bytes] = []
    with Listener(answering(OK, seen), server_side) as server:
        client = Outgoing(resolve=resolve, loopback=True, tls=client_side)
        assert client.send("GET", f"https://hooks.example:{server.port}/").body == b"ok"
        assert asked_for == ["hooks.example"]
        assert f"host: hooks.example:{server.port}".encode() in seen[0].lower()
        with pytest.raises(Unreachable, match="certificate") as refused:
            client.send("GET", f"https://other.example:{server.port}/")
    assert not refused.value.may_have_arrived


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(status: int) -> None:
    with Listener(answering(OK)) as inside:
        moved = f"HTTP/1.1 {status} Moved\r\nlocation: {here(inside.port)}\r\ncontent-length: 0\r\n\r\n"
        with Listener(answering(moved.encode())) as server:
            told = Outgoing(loopback=True).send("GET", here(server.port))
        assert (told.status, told.is_success, inside.connections) == (status, False, 0)


def dripping(head: bytes) -> Serve:
    """One byte after the other, each of them well within any time-out of a single read."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(head)
        for _ in range(200):
            connection.sendall(b"x")
            time.sleep(0.02)

    return serve


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", b"HTTP/1.1 200 OK\r\nx-drip: "],
    ids=["body", "header"],
)
def test_a_slow_drip_ends_at_the_time_limit(head: bytes) -> None:
    with Listener(dripping(head)) as server:
        started = time.monotonic()
        with pytest.raises(Unreachable) as refused:
            Outgoing(loopback=True, seconds=0.3).send("GET", here(server.port))
        assert time.monotonic() - started < 2
    assert refused.value.may_have_arrived


def test_a_server_that_reads_slowly_ends_at_the_time_limit() -> None:
    def serve(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        for _ in range(50):
            connection.recv(64)
            time.sleep(0.02)

    with Listener(serve) as server:
        started = time.monotonic()
        with pytest.raises(Unreachable):
            Outgoing(loopback=True, seconds=0.3).send("POST", here(server.port), content=bytes(20_000_000))
        assert time.monotonic() - started < 2


def test_a_resolver_that_does_not_answer_ends_at_the_time_limit() -> None:
    answered = threading.Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        answered.wait(PATIENCE_SECONDS)
        return ["127.0.0.1"]

    with pytest.raises(Unreachable) as refused:
        Outgoing(resolve=resolve, seconds=0.1).send("GET", "https://hooks.example/")
    answered.set()
    assert not refused.value.may_have_arrived


@pytest.mark.parametrize(
    "framing", ["content-length: 99999999", "transfer-encoding: chunked", "connection: close"]
)
def test_an_endless_body_is_given_up(framing: str) -> None:
    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(f"HTTP/1.1 200 OK\r\n{framing}\r\n\r\n".encode())
        piece = b"x" * 4_096
        while True:
            connection.sendall(b"1000\r\n" + piece + b"\r\n" if "chunked" in framing else piece)

    with Listener(serve) as server, pytest.raises(AnswerTooLong) as refused:
        Outgoing(loopback=True, most_bytes=10_000).send("GET", here(server.port))
    assert refused.value.status == 200


def test_what_is_compressed_is_not_unpacked() -> None:
    packed = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x8b\x08"
    with Listener(answering(packed)) as server:
        assert Outgoing(loopback=True).send("GET", here(server.port)).body == b"\x1f\x8b\x08"


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"]
)
def test_an_answer_that_breaks_off_may_have_been_acted_on(answer: bytes) -> None:
    with Listener(answering(answer)) as server, pytest.raises(Unreachable) as refused:
        Outgoing(loopback=True).send("POST", here(server.port), content=b"x")
    assert refused.value.may_have_arrived


def test_nobody_there_means_that_nothing_arrived() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable) as refused:
        Outgoing(loopback=True).send("POST", here(port))
    assert not refused.value.may_have_arrived

    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror("no such name")

    with pytest.raises(Unreachable) as refused:
        Outgoing(resolve=unknown).send("GET", "https://nowhere.example/")
    assert not refused.value.may_have_arrived


def test_the_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with Listener(answering(OK)) as proxy, Listener(answering(OK)) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, here(proxy.port))
        assert Outgoing(loopback=True).send("GET", here(server.port)).body == b"ok"
        assert (proxy.connections, server.connections) == (0, 1)


@pytest.mark.parametrize("value", ["a\r\nx-injected: 1", "a\nb", "a\0b", "\ud800"])
def test_headers_that_would_become_two_are_refused(value: str) -> None:
    with Listener(answering(OK)) as server, pytest.raises(InvalidInput):
        Outgoing(loopback=True).send("GET", here(server.port), headers={"if-none-match": value})


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext, list[str]]:
    """Contexts of a server that proves to be hooks.example and of a client that believes it, and the names asked."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "both.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    asked: list[str] = []
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(pem)
    server_side.sni_callback = lambda _, name, __: asked.append(name)
    return (
        server_side,
        ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode()),
        asked,
    )
