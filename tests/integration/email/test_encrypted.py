"""Mails over encrypted connections: the server's certificate is checked, and nothing is said to another one."""

import datetime as dt
import ssl
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import attrs
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from booking_adapters.email.smtp import SmtpNotifier, SmtpServer
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.processes import free_port
from booking_core.ports.notifying import NotifierUnavailable
from tests.integration.email.test_smtp import MAIL

HERE = "127.0.0.1"
PASSWORD = LoginPassword(b"salon", b"secret")
KINDS = ["starttls", "implicit"]


@attrs.define
class Mailbox:
    """What came in, and what somebody logged in with."""

    mails: list[bytes] = attrs.field(factory=list)
    logins: list[object] = attrs.field(factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 OK"

    def login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        """Only with the right password."""
        self.logins.append(data)
        return AuthResult(success=data == PASSWORD, handled=False)


@attrs.frozen
class Certificate:
    """One that signs itself, in a file with its key."""

    file: Path

    @classmethod
    def made(cls, directory: Path, name: str) -> "Certificate":
        """For a host, for an hour."""
        key = ec.generate_private_key(ec.SECP256R1())
        host = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        known_as = x509.IPAddress(ip_address(name)) if name == HERE else x509.DNSName(name)
        now = dt.datetime.now(dt.UTC)
        signed = (
            x509.CertificateBuilder()
            .subject_name(host)
            .issuer_name(host)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(minutes=5))
            .not_valid_after(now + dt.timedelta(hours=1))
            .add_extension(x509.SubjectAlternativeName([known_as]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, SHA256())
        )
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = directory / f"{name}.pem"
        file.write_bytes(secret + signed.public_bytes(Encoding.PEM))
        return cls(file)

    @property
    def serving(self) -> ssl.SSLContext:
        """What the server that has it speaks with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        return context

    @property
    def trusted(self) -> ssl.SSLContext:
        """What somebody speaks with who trusts it, and nobody else."""
        context = ssl.create_default_context(cafile=str(self.file))
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context


Serve = Callable[[Certificate, str], int]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def serve(mailbox: Mailbox) -> Iterator[Serve]:
    """Start a mail server with a certificate; its port."""
    running: list[Controller] = []

    def start(certificate: Certificate, kind: str) -> int:
        wanted: dict[str, Any] = {
            "starttls": {"tls_context": certificate.serving, "require_starttls": True},
            "implicit": {"ssl_context": certificate.serving, "auth_require_tls": False},
        }[kind]
        controller = Controller(
            mailbox,
            hostname=HERE,
            port=free_port(),
            auth_required=True,
            authenticator=mailbox.login,
            **wanted,
        )
        controller.start()
        running.append(controller)
        return controller.port

    yield start
    for each in running:
        each.stop()


def notifier(port: int, kind: str, context: ssl.SSLContext | None = None) -> SmtpNotifier:
    server = SmtpServer(
        host=HERE,
        port=port,
        user="salon",
        password="secret",
        is_implicit_tls=kind == "implicit",
        context=context or ssl.create_default_context(),
    )
    return SmtpNotifier(server=server, sender="desk@salon.example", clock=FixedClock(), timeout_seconds=5)


# aiosmtpd cannot know that a connection which is encrypted from its first byte is encrypted.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_and_its_password_go_over_an_encrypted_connection(
    mailbox: Mailbox, serve: Serve, tmp_path: Path, kind: str
) -> None:
    certificate = Certificate.made(tmp_path, HERE)
    notifier(serve(certificate, kind), kind, certificate.trusted).send(MAIL)
    assert (len(mailbox.mails), mailbox.logins) == (1, [PASSWORD])


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", ["signed by nobody we trust", "for another host"])
def test_nothing_is_said_to_a_server_with_a_wrong_certificate(
    mailbox: Mailbox, serve: Serve, tmp_path: Path, kind: str, wrong: str
) -> None:
    certificate = Certificate.made(tmp_path, HERE if "signed" in wrong else "mail.other.example")
    context = None if "signed" in wrong else certificate.trusted
    with pytest.raises(NotifierUnavailable, match="SSLCertVerificationError"):
        notifier(serve(certificate, kind), kind, context).send(MAIL)
    assert (mailbox.mails, mailbox.logins) == ([], [])


def test_a_server_that_does_not_encrypt_gets_no_password(mailbox: Mailbox) -> None:
    controller = Controller(mailbox, hostname=HERE, port=free_port(), authenticator=mailbox.login)
    controller.start()
    try:
        with pytest.raises(NotifierUnavailable):
            notifier(controller.port, "starttls").send(MAIL)
    finally:
        controller.stop()
    assert (mailbox.mails, mailbox.logins) == ([], [])
