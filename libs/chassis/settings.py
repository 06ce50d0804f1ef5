"""Every setting, read from HEADEND_* environment variables. A wrong or missing one stops the start with a sentence."""

import re
from datetime import date
from email.utils import getaddresses
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.kill_points import POINTS
from chassis.production import refuse_what_is_for_trying
from chassis.secret_settings import secrets_from_files, with_password


class Mode(StrEnum):
    """embedded: one process, SQLite, memory bus. real: PostgreSQL and RabbitMQ, one service per process."""

    EMBEDDED = "embedded"
    REAL = "real"


class Profile(StrEnum):
    """try: defaults are fine. production: default passwords, guest/guest and plain-text paths are refused."""

    TRY = "try"
    PRODUCTION = "production"


class WrongSetting(Exception):
    """A setting is wrong or missing; the text says which and what it should be."""


DATABASES = ("customers_database_url", "billing_database_url", "notify_database_url", "reports_database_url")
_PASSWORDS = {address: f"{address.rpartition('_')[0]}_password" for address in (*DATABASES, "amqp_uri")}
"""Addresses, and the settings that hold their passwords where these are kept apart."""
_SECRET = frozenset({*_PASSWORDS, *_PASSWORDS.values(), "admin_password", "smtp_password"})
"""Settings whose value is never printed, and that may come from a file: HEADEND_SMTP_PASSWORD_FILE."""
_DATABASE_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg", "sqlite")
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{1,99}", re.ASCII)


class Settings(BaseSettings):
    """All settings with their defaults; README lists them from here."""

    model_config = SettingsConfigDict(
        env_prefix="HEADEND_", extra="ignore", frozen=True, env_ignore_empty=True
    )

    mode: Annotated[
        Mode, Field(description="embedded (one process, SQLite) or real (PostgreSQL, RabbitMQ)")
    ] = Mode.EMBEDDED
    profile: Annotated[Profile, Field(description="production refuses default passwords")] = Profile.TRY
    home: Annotated[Path, Field(description="folder of databases, mail, keys and files")] = Path("var")
    host: Annotated[str, Field(description="address that the gateway listens on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="port that the gateway listens on")] = 8000
    public_url: Annotated[str | None, Field(description="address that people use, for links in e-mails")] = (
        None
    )
    secure_cookies: Annotated[bool, Field(description="cookies only over HTTPS; on in production")] = False

    trusted_proxies: Annotated[
        int,
        Field(
            ge=0, le=5, description="proxies before the gateway that set X-Forwarded-For, -Proto and -Host"
        ),
    ] = 0
    gateway_threads: Annotated[
        int, Field(ge=2, le=500, description="requests that one gateway process handles at once")
    ] = 32
    requests_per_minute: Annotated[
        int,
        Field(
            ge=60,
            description="limit of one person, API token, or address without sign-in, all gateways together",
        ),
    ] = 1200

    amqp_uri: Annotated[str, Field(description="RabbitMQ, such as amqp://user:password@host:5672/vhost")] = (
        "memory://"
    )
    amqp_password: Annotated[
        str | None, Field(description="password at RabbitMQ, where HEADEND_AMQP_URI has none")
    ] = None
    bus_declare: Annotated[
        bool, Field(description="make exchanges and queues; off where RabbitMQ has those of `headend broker`")
    ] = True
    customers_database_url: Annotated[str | None, Field(description="database of customers")] = None
    billing_database_url: Annotated[str | None, Field(description="database of billing")] = None
    notify_database_url: Annotated[str | None, Field(description="database of notify")] = None
    reports_database_url: Annotated[str | None, Field(description="database of reports")] = None
    customers_database_password: Annotated[
        str | None, Field(description="password, where HEADEND_CUSTOMERS_DATABASE_URL has none")
    ] = None
    billing_database_password: Annotated[
        str | None, Field(description="password, where HEADEND_BILLING_DATABASE_URL has none")
    ] = None
    notify_database_password: Annotated[
        str | None, Field(description="password, where HEADEND_NOTIFY_DATABASE_URL has none")
    ] = None
    reports_database_password: Annotated[
        str | None, Field(description="password, where HEADEND_REPORTS_DATABASE_URL has none")
    ] = None
    pool_size: Annotated[int, Field(ge=1, le=200, description="database connections of one process")] = 10
    workers: Annotated[
        int, Field(ge=1, le=200, description="calls that one service process handles at once")
    ] = 10
    keys: Annotated[Path | None, Field(description="folder of signing and sealing keys (HOME/keys)")] = None

    today: Annotated[date | None, Field(description="pins the business date, for tests and rehearsals")] = (
        None
    )
    schedule: Annotated[bool, Field(description="daily jobs: billing run, status, reminders")] = True
    sample: Annotated[bool, Field(description="fill an empty embedded home with a sample operator")] = True
    admin_username: Annotated[str, Field(description="the administrator made on first start")] = "admin"
    admin_password: Annotated[str | None, Field(description="their password; generated when not given")] = (
        None
    )

    payment_provider: Annotated[
        str,
        Field(
            pattern="^(manual|simulated)$",
            description="how customers pay online: manual (reference number), or also simulated, to try it out",
        ),
    ] = "manual"

    smtp_host: Annotated[str | None, Field(description="mail server; without one mail goes to HOME/mail")] = (
        None
    )
    smtp_port: Annotated[int, Field(ge=1, le=65535, description="587 STARTTLS, 465 TLS, 25 plain")] = 587
    smtp_security: Annotated[
        str, Field(pattern="^(starttls|tls|plain)$", description="starttls, tls or plain")
    ] = "starttls"
    smtp_username: Annotated[str | None, Field(description="login at the mail server")] = None
    smtp_password: Annotated[str | None, Field(description="password at the mail server")] = None
    smtp_from: Annotated[str, Field(description="sender of every mail")] = (
        "Headend <headend@localhost.localdomain>"
    )
    mail_per_minute: Annotated[
        int, Field(ge=1, description="limit of mails a minute, all replicas together")
    ] = 600

    ops_port: Annotated[
        int, Field(ge=0, le=65535, description="/health and /metrics of a service; 0: none")
    ] = 0
    log_level: Annotated[
        str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING, ERROR")
    ] = "INFO"
    repair_seconds: Annotated[float, Field(gt=0, description="how often lost events are looked for")] = 30.0
    stop_seconds: Annotated[float, Field(gt=0, description="longest time that a stop may take")] = 10.0
    call_seconds: Annotated[
        float, Field(gt=0, description="longest time that a caller waits for an answer")
    ] = 5.0

    fault: Annotated[
        str | None, Field(description="for fault tests: where a process dies once (chassis/kill_points.py)")
    ] = None
    hurry: Annotated[float, Field(ge=1, le=1000, description="for fault tests: divides leases, pauses")] = 1

    @model_validator(mode="before")
    @classmethod
    def _passwords_apart(cls, given: dict[str, Any]) -> dict[str, Any]:
        joined = {
            address: with_password(given[address], given[password], f"HEADEND_{address.upper()}")
            for address, password in _PASSWORDS.items()
            if given.get(address) and given.get(password)
        }
        return given | joined

    @field_validator("public_url")
    @classmethod
    def _no_slash(cls, url: str | None) -> str | None:
        return url.rstrip("/") if url else url

    @field_validator(*DATABASES)
    @classmethod
    def _a_database(cls, url: str | None) -> str | None:
        if url is not None and not _is_database(url):
            raise ValueError("must be a database such as postgresql://user:password@host:5432/database")
        return url

    @field_validator("fault")
    @classmethod
    def _a_point(cls, fault: str | None) -> str | None:
        if fault is not None and fault.partition(":")[0] not in POINTS:
            raise ValueError(f"must be one of {', '.join(POINTS)}")
        return fault

    @field_validator("smtp_from")
    @classmethod
    def _one_sender(cls, sender: str) -> str:
        addresses = [address for _, address in getaddresses([sender])]
        if (
            len(addresses) != 1
            or not re.fullmatch(r"[^@\s]+@[^@\s]+", addresses[0])
            or not sender.isprintable()
        ):
            raise ValueError("must be one address such as Headend <headend@example.com>")
        return sender

    @field_validator("admin_username")
    @classmethod
    def _a_username(cls, username: str) -> str:
        if not _USERNAME.fullmatch(username):
            raise ValueError(
                "must be 2 to 100 letters, digits or the signs . _ @ + -, beginning with a letter or digit"
            )
        return username

    @model_validator(mode="after")
    def _together(self) -> "Settings":
        if self.mode is Mode.REAL and not self.amqp_uri.startswith(("amqp://", "amqps://")):
            raise ValueError(
                "HEADEND_AMQP_URI must name a RabbitMQ (amqp://user:password@host/vhost) in real mode"
            )
        if self.mode is Mode.EMBEDDED and not self.amqp_uri.startswith("memory://"):
            raise ValueError("HEADEND_AMQP_URI is for real mode; set HEADEND_MODE=real too, or leave it out")
        if self.mode is Mode.REAL and any(
            (getattr(self, name) or "").startswith("sqlite") for name in DATABASES
        ):
            raise ValueError(
                "HEADEND_*_DATABASE_URL must name PostgreSQL databases in real mode; SQLite is for one process"
            )
        if self.profile is Profile.PRODUCTION:
            refuse_what_is_for_trying(self, tuple(_PASSWORDS))
        return self

    def database_url(self, service: str) -> str:
        """The database of a service: its setting, or SQLite in the home folder. Raises WrongSetting."""
        url: str | None = getattr(self, f"{service}_database_url")
        if url:
            return url
        if self.mode is Mode.REAL:
            raise WrongSetting(
                f"HEADEND_{service.upper()}_DATABASE_URL is missing; set it to postgresql://user:password@host/database."
            )
        return f"sqlite:///{self.home.absolute() / f'{service}.db'}"

    @property
    def keys_folder(self) -> Path:
        """Where the keys lie."""
        return self.keys or self.home / "keys"

    @property
    def links_to(self) -> str:
        """The address that links in e-mails begin with."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def embedded(self) -> bool:
        """Whether all runs in one process."""
        return self.mode is Mode.EMBEDDED


def load_settings() -> Settings:
    """The settings of this process. Raises WrongSetting with a sentence for each wrong variable."""
    try:
        from_files: dict[str, Any] = secrets_from_files(sorted(_SECRET))
        return Settings(**from_files)
    except ValidationError as error:
        sentences = (_sentence(dict(problem)).rstrip(".") for problem in error.errors())
        raise WrongSetting("\n".join(f"{sentence}." for sentence in sentences)) from None
    except ValueError as unreadable:
        raise WrongSetting(f"{unreadable}.") from None


def _sentence(problem: dict[str, object]) -> str:
    location = problem["loc"]
    message = str(problem["msg"]).removeprefix("Value error, ")
    if not isinstance(location, tuple) or not location:
        return message
    field = str(location[0])
    shown = "" if field in _SECRET else f" is {str(problem.get('input'))[:60]!r}"
    described = Settings.model_fields[field].description if field in Settings.model_fields else ""
    return f"HEADEND_{field.upper()}{shown}: {_plainly(str(problem['type']), message)} ({described})."


_PLAINLY = {"string_pattern_mismatch": "is not one of those known", "bool_parsing": "must be on or off"}


def _plainly(kind: str, message: str) -> str:
    """pydantic's finding without its jargon."""
    if kind.startswith("date"):
        return 'must be a day such as "2026-11-21"'
    known, _, _ = _PLAINLY.get(kind, message).partition(", unable to parse")
    return known.replace("Input should be", "must be").replace("than or equal to", "than or exactly")


def _is_database(url: str) -> bool:
    try:
        parts = urlsplit(url)
        place = parts.port is None or parts.hostname is not None
    except ValueError:
        return False
    return place and parts.scheme in _DATABASE_SCHEMES and len(parts.path) > 1
