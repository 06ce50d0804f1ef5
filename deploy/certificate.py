"""The certificate of the web server: a given one looked through before it is served, or, to try, a self-signed one."""

import ipaddress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from chassis.clock import SystemClock
from chassis.files import write_whole
from chassis.settings import Profile, Settings, WrongSetting

CHAIN, KEY = "fullchain.pem", "privkey.pem"
_LIFE = timedelta(days=397)
"""The longest that browsers take."""


def see_to_certificate(folder: Path, settings: Settings) -> str:
    """A sentence about the certificate in the folder; in the `try` profile one is made where there is none.

    Raises WrongSetting when there is none in production, or when it cannot be served.
    """
    if settings.profile is Profile.TRY and not (folder / CHAIN).exists():
        _make(folder, urlsplit(settings.links_to).hostname or "localhost")
    return _looked_through(folder)


def _looked_through(folder: Path) -> str:
    chain, private = _read(folder / CHAIN), _read(folder / KEY)
    try:
        certificate, key = x509.load_pem_x509_certificate(chain), load_pem_private_key(private, None)
    except (ValueError, TypeError) as error:
        raise WrongSetting(
            f"{folder / CHAIN} or {folder / KEY} is not a certificate or key in PEM form without a password ({error})."
        ) from None
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certificate.public_key().public_bytes(*form) != key.public_key().public_bytes(*form):
        raise WrongSetting(f"The key {folder / KEY} is not that of the certificate {folder / CHAIN}.")
    until = certificate.not_valid_after_utc
    if until < SystemClock().now():
        raise WrongSetting(f"The certificate {folder / CHAIN} ended on {until:%Y-%m-%d}; renew it.")
    return f"The certificate is good until {until:%Y-%m-%d}."


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongSetting(
            f"{path} cannot be read ({error.strerror}). Give the folder that holds {CHAIN} and {KEY}, readable by "
            "user 10001, as HEADEND_TLS (docs/operations.md)."
        ) from None


def _make(folder: Path, host: str) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), SystemClock().now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Headend to try at {host}"[:64])])
    names = x509.SubjectAlternativeName([_alternative(one) for one in {host, "localhost", "127.0.0.1"}])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_whole(folder / KEY, raw)
    write_whole(folder / CHAIN, made.public_bytes(Encoding.PEM), mode=0o644)


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
