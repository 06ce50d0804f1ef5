"""A broker that is reached by amqps must prove who it is (TRUST, check 25)."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socketserver import BaseRequestHandler, TCPServer
from typing import Any

import pytest
from amqp.exceptions import AMQPError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from chassis.bus import connection


def certificate(folder: Path, name: x509.GeneralName) -> Path:
    """A certificate that vouches for itself and for that name, with its key, as one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "broker.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return path


@contextmanager
def broker(pem: Path) -> Iterator[tuple[int, list[str]]]:
    """A port with that certificate, and what was said there once the caller had believed it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    heard: list[str] = []

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            try:
                with context.wrap_socket(self.request, server_side=True) as channel:
                    heard.append(channel.recv(8).decode(errors="replace"))
            except (ssl.SSLError, OSError):
                """The caller did not believe it."""

    server = TCPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], heard
    server.shutdown()
    server.server_close()


def call_at(port: int) -> BaseException:
    """What comes of connecting; there is always something, as no broker of ours speaks AMQP."""
    made = connection(f"amqps://headend:secret@127.0.0.1:{port}//")
    with pytest.raises((OSError, AMQPError)) as found:
        made.connect()
    failed: BaseException = found.value
    return failed


LOCAL = x509.IPAddress(ip_address("127.0.0.1"))


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    with broker(certificate(tmp_path, LOCAL)) as (port, heard):
        assert "CERTIFICATE_VERIFY_FAILED" in str(call_at(port))
    assert heard == []


def test_a_certificate_for_another_host_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path, x509.DNSName("another.example"))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with broker(pem) as (port, heard):
        assert "CERTIFICATE_VERIFY_FAILED" in str(call_at(port))
    assert heard == []


def test_a_certificate_for_this_host_that_is_vouched_for_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path, LOCAL)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with broker(pem) as (port, heard):
        assert not isinstance(call_at(port), ssl.SSLError)
    assert set(heard) == {"AMQP\x00\x00\t\x01"}


def test_a_bus_without_encryption_is_asked_for_none() -> None:
    plain: Any = connection("amqp://headend:secret@broker//")
    assert not plain.ssl
