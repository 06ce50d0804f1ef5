"""What this machine shows: keys, room on the disk, backups, the mail server, the gateway."""

import shutil
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from chassis.keys import KeyFolder
from chassis.settings import WrongSetting
from contracts.topology import SERVICES
from deploy.backup.manifest import FILE, Manifest
from deploy.doctor.trouble import Patient, Trouble

LEAST_FREE, LEAST_SHARE = 1 << 30, 0.05
OLDEST_BACKUP = timedelta(hours=26)
_SECONDS = 5


def keys(patient: Patient) -> Iterator[Trouble]:
    """Every key can be read, and by nobody else."""
    folder = KeyFolder(patient.settings.keys_folder)
    advice = "Set HEADEND_KEYS to the folder of the keys, or bring it back from a backup; new keys open no old secret."
    reads: list[Callable[[], object]] = [*(partial(folder.private, one) for one in SERVICES), folder.sealing]
    for read in reads:
        try:
            read()
        except WrongSetting as error:
            yield Trouble(str(error).rstrip("."), advice, "service-down")
    open_to_all = [file.name for file in sorted(folder.folder.glob("*.key")) if file.stat().st_mode & 0o077]
    if open_to_all:
        yield Trouble(
            f"Keys in {folder.folder} can be read by other users of this machine: {', '.join(open_to_all)}",
            f"chmod 600 {folder.folder}/*.key; if somebody may have read them, make new ones.",
            "service-down",
        )


def disk(patient: Patient) -> Iterator[Trouble]:
    """There is room where this machine keeps Headend's files."""
    for folder in {patient.settings.home, patient.settings.keys_folder, *filter(None, [patient.backups])}:
        place = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
        usage = shutil.disk_usage(place)
        if usage.free < LEAST_FREE or usage.free < usage.total * LEAST_SHARE:
            yield Trouble(
                f"The disk of {place} has {usage.free / 2**30:.1f} GB left of {usage.total / 2**30:.0f}",
                "Make room before databases and queues stop: old backups, logs, other programs' files.",
                "disk-full",
            )


def backups(patient: Patient) -> Iterator[Trouble]:
    """The newest whole backup is not too old; asked only where the folder of backups is named."""
    if patient.backups is None:
        return
    found = [
        Manifest.model_validate_json(file.read_text()).made_at for file in patient.backups.glob(f"*/{FILE}")
    ]
    newest = max(found, default=None)
    if newest is None or newest < patient.now - OLDEST_BACKUP:
        yield Trouble(
            f"There is no whole backup of the last 26 hours in {patient.backups}",
            "Run `headend backup` now and look at what it says; then at why it was not run.",
            "backup-old",
            newest,
        )


def mail_server(patient: Patient) -> Iterator[Trouble]:
    """The mail server answers as the settings say."""
    settings = patient.settings
    if settings.smtp_host is None:
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        if settings.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_SECONDS)
        with server:
            server.ehlo()
            if settings.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_username:
                server.login(settings.smtp_username, settings.smtp_password or "")
    except (OSError, smtplib.SMTPException) as error:
        yield Trouble(
            f"The mail server {where} does not take mail ({str(error) or type(error).__name__})",
            "Mails are tried again for three days. Check HEADEND_SMTP_*, the network, the mail server's log.",
            "mail-failed",
        )


def gateway(patient: Patient) -> Iterator[Trouble]:
    """The gateway says that it is ready; in real mode it is asked at HEADEND_PUBLIC_URL, if that is set."""
    settings = patient.settings
    address = f"http://{settings.host}:{settings.port}" if settings.embedded else settings.public_url
    if address is None:
        return
    try:
        with urllib.request.urlopen(f"{address}/health/ready", timeout=_SECONDS):  # noqa: S310 - the setting is an http address  # nosec B310
            return
    except (OSError, urllib.error.URLError) as error:
        yield Trouble(
            f"The gateway at {address} is not ready ({error})",
            "Start Headend, or see which part it waits for in what /health/ready answers.",
            "service-down",
        )
