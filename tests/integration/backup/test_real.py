"""Backup and restore of PostgreSQL databases under running payments, with a broker that remembers what they forget."""

import threading
from pathlib import Path
from typing import Any

import kombu
import pytest

from chassis.settings import Mode, Settings, WrongSetting
from contracts.topology import SERVICES
from deploy.backup.afterwards import Lost, settle_restored
from deploy.backup.restoring import Restore, load_backup
from deploy.backup.sealing import read_identity, write_new_identity
from deploy.backup.taking import take_backup
from deploy.verify.databases import Databases, document
from deploy.verify.installation import verify
from deploy.verify.waiting import left_over
from tests.real_servers.servers import PostgresServer
from tests.stack.builders import PRICE, TODAY, add_plan, add_subscriber, bill, pay_all
from tests.stack.mail import Sink
from tests.stack.processes import wait_until
from tests.stack.real import Real

pytestmark = pytest.mark.slow


def test_a_restored_stack_holds_and_repeats_no_mail_and_no_number(
    postgres: PostgresServer, service_databases: dict[str, str], amqp_uri: str, tmp_path: Path
) -> None:
    key = tmp_path / "private.key"
    public = write_new_identity(key)
    before = Databases(service_databases)
    with Sink() as sink:
        with Real(tmp_path / "home", service_databases, amqp_uri, smtp_port=sink.port, today=TODAY) as stack:
            people = _billed(stack)
            payer = threading.Thread(target=lambda: [pay_all(stack.admin(), person) for person in people])
            payer.start()
            wait_until("some have paid", lambda: _payments(before) > 2, 90)
            settings = _settings(service_databases, amqp_uri, tmp_path / "home")
            folder = take_backup(settings, tmp_path / "backups", [public])
            payer.join()
            wait_until("everything has arrived", lambda: not left_over(before), 120)
        _publish_again(before, amqp_uri)
        with postgres.databases(*SERVICES) as urls:
            empty = _settings(urls, amqp_uri, tmp_path / "restored")
            embedded = empty.model_copy(update={"mode": Mode.EMBEDDED})
            with pytest.raises(WrongSetting, match="belong to HEADEND_MODE=real"):
                load_backup(Restore(folder, embedded, read_identity(key)))
            manifest = load_backup(Restore(folder, empty, read_identity(key)))
            settle_restored(empty, Lost(manifest.made_at, 1000))
            after = Databases(urls)
            assert 0 < _payments(after) < len(people), "the backup was not taken in the middle"
            assert verify(after).problems == []
            with Real(tmp_path / "restored", urls, amqp_uri, smtp_port=sink.port, today=TODAY) as stack:
                api = stack.admin()
                unpaid = next(
                    one for one in people if api.ok("GET", f"/customers/{one.id}/dues")["total"] == PRICE
                )
                number = pay_all(api, unpaid)["invoice_number"]
                wait_until("everything has arrived", lambda: not left_over(after), 120)
            assert verify(after, settled=True).problems == []
        ids = [str(mail.message["Message-ID"]) for mail in sink.mails()]
        assert len(ids) == len(set(ids))
        confirmed = [mail.subject for mail in sink.mails() if number in mail.subject]
        assert len(confirmed) == 1
        assert int(number.rpartition("-")[2]) > 1000


def _billed(stack: Real) -> list[Any]:
    api = stack.admin()
    plan = add_plan(api)
    people = [add_subscriber(api, plan, f"Customer {number}") for number in range(40)]
    bill(api)
    return people


def _payments(databases: Databases) -> int:
    return int(databases.one("billing", "SELECT count(*) FROM payments"))


def _settings(urls: dict[str, str], amqp_uri: str, home: Path) -> Settings:
    databases = {f"{service}_database_url": url for service, url in urls.items()}
    return Settings(mode=Mode.REAL, amqp_uri=amqp_uri, home=home, **databases)  # type: ignore[arg-type]  # URLs by name


def _publish_again(databases: Databases, amqp_uri: str) -> None:
    """Let the broker hold events of a time that the backup does not know."""
    rows = databases.rows(
        "billing",
        "SELECT event_id, occurred_at, body FROM outbox WHERE type = 'PaymentMade' ORDER BY id DESC LIMIT 3",
    )
    with kombu.Connection(amqp_uri) as broker:
        for event_id, occurred_at, body in rows:
            broker.Producer().publish(
                {"id": event_id, "type": "PaymentMade", "producer": "billing", "occurred_at": occurred_at.isoformat(),
                 "trace": "", "body": document(body)},
                exchange="billing.events", routing_key="PaymentMade", delivery_mode=2,
            )  # fmt: skip
