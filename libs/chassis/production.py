"""What the profile `production` refuses: whatever everybody knows, and whatever loses or shows mail and money."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from chassis.secret_settings import is_default_password

if TYPE_CHECKING:
    from chassis.settings import Settings


def refuse_what_is_for_trying(settings: Settings, addresses: tuple[str, ...]) -> None:
    """Raises ValueError with a sentence; `addresses` names the settings that may hold a password in an address."""
    if settings.embedded:
        raise ValueError("HEADEND_PROFILE=production needs HEADEND_MODE=real")
    if (urlsplit(settings.amqp_uri).username or "guest") == "guest":
        raise ValueError("HEADEND_AMQP_URI uses guest:guest; production needs a user and password of its own")
    for address in addresses:
        parts = urlsplit(getattr(settings, address) or "")
        password, user = unquote(parts.password or ""), unquote(parts.username or "")
        if parts.password is not None and is_default_password(password, user):
            raise ValueError(
                f"HEADEND_{address.upper()} has a default password; production needs one of its own"
            )
    for name in ("admin_password", "smtp_password"):
        value = getattr(settings, name)
        if value is not None and is_default_password(value):
            raise ValueError(f"HEADEND_{name.upper()} is a default password; production needs one of its own")
    if settings.fault is not None or settings.hurry != 1:
        raise ValueError("HEADEND_FAULT and HEADEND_HURRY are for tests of faults; production needs neither")
    if settings.payment_provider == "simulated":
        raise ValueError(
            "HEADEND_PAYMENT_PROVIDER=simulated takes no money; production needs a real way to pay"
        )
    if settings.smtp_host and settings.smtp_security == "plain":
        raise ValueError(
            "HEADEND_SMTP_SECURITY=plain sends mail unencrypted; production needs starttls or tls"
        )
    _refuse_half_verified(settings, [address for address in addresses if address.endswith("database_url")])


def _refuse_half_verified(settings: Settings, databases: list[str]) -> None:
    """Databases are reached unencrypted in a network of one's own, or by TLS that verifies. Raises ValueError."""
    for name in databases:
        how = parse_qs(urlsplit(getattr(settings, name) or "").query).get("sslmode", ["disable"])[-1]
        if how not in ("disable", "verify-full"):
            raise ValueError(
                f"HEADEND_{name.upper()} has sslmode={how}, which does not look whose server answers; production "
                "needs sslmode=verify-full with sslrootcert, or none in a network of your own"
            )
