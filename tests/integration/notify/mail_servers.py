"""Mail servers that behave, or misbehave, as a test says: aiosmtpd on a free port, and a bare socket that hangs up."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.unit.notify.builders import NOW


class Mailbox:
    """What a server took, and what it answers: one entry for each command, "250 OK" when there is none."""

    def __init__(
        self, *, mail: list[str] | None = None, rcpt: list[str] | None = None, data: list[str] | None = None
    ) -> None:
        self.mail, self.rcpt, self.data = mail or [], rcpt or [], data or []
        self.taken: list[Envelope] = []
        self.connections: set[Any] = set()
        self.encrypted: list[bool] = []

    async def handle_MAIL(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.mail.pop(0) if self.mail else "250 OK"
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("25"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        self.connections.add(session.peer)
        self.encrypted.append(session.ssl is not None)
        answer = self.data.pop(0) if self.data else "250 OK"
        if answer.startswith("250"):
            self.taken.append(envelope)
        return answer


@contextmanager
def mail_server(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    """A mail server of that mailbox on a free port; yields the port."""
    controller = Controller(mailbox, hostname="127.0.0.1", port=_free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def only_asha(server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    """Lets in the user asha with the password s3cret."""
    return AuthResult(success=(data.login, data.password) == (b"asha", b"s3cret"), handled=False)


@contextmanager
def hanging_up(at: str, *, times: int) -> Iterator[tuple[int, list[bytes]]]:
    """A server that hangs up `times` times at a stage, then behaves; yields its port and the mails it got to the dot.

    Stages: "greeting", "rcpt", "data" (after 354, in the middle of the mail), "dot" (after the whole mail).
    """
    listener = socket.create_server(("127.0.0.1", 0))
    mails: list[bytes] = []
    left = [times]

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                _converse(connection, at, left, mails)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], mails
    finally:
        listener.close()


def _converse(connection: socket.socket, at: str, left: list[int], mails: list[bytes]) -> None:
    def hangs_up(stage: str) -> bool:
        if stage == at and left[0] > 0:
            left[0] -= 1
            return True
        return False

    if hangs_up("greeting"):
        return
    lines = connection.makefile("rb")
    connection.sendall(b"220 here\r\n")
    for line in lines:
        verb = line.strip().upper()[:4]
        if verb == b"RCPT" and hangs_up("rcpt"):
            return
        if verb == b"DATA":
            connection.sendall(b"354 go on\r\n")
            if hangs_up("data"):
                return
            mails.append(b"".join(iter(lines.readline, b".\r\n")))
            if hangs_up("dot"):
                return
        connection.sendall(b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n")
        if verb == b"QUIT":
            return


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context with a certificate for localhost, and the file that a client must trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(NOW - timedelta(days=3650))
        .not_valid_after(NOW + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    trusted, private = folder / "trusted.pem", folder / "private.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(trusted, private)
    return context, trusted


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
