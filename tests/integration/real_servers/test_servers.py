"""The servers that other tests stand on."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import kombu
import psutil
import psycopg
import pytest

from tests.real_servers import binaries
from tests.real_servers.private_folder import _PREFIX
from tests.real_servers.servers import (
    PostgresServer,
    PrivatePostgres,
    PrivateRabbit,
    RabbitServer,
    ServerMissing,
)


def put(uri: str, text: str) -> None:
    """Returns when the broker has confirmed, so that a kill right after may not lose it."""
    with kombu.Connection(uri, transport_options={"confirm_publish": True}) as connection:
        queue = connection.SimpleQueue("letters")
        queue.put(text)
        queue.close()


def take(uri: str) -> object:
    with kombu.Connection(uri) as connection:
        queue = connection.SimpleQueue("letters")
        message = queue.get(timeout=5)
        message.ack()
        queue.close()
        return message.payload


def test_each_service_gets_a_database_and_a_role_of_its_own(service_databases: dict[str, str]) -> None:
    owners = set()
    for service, url in service_databases.items():
        with psycopg.connect(url) as connection:
            name, user = connection.execute("SELECT current_database(), current_user").fetchall()[0]
            assert name.endswith(service)
            owners.add(user)
    assert len(owners) == 4


def test_databases_sort_text_as_operators_databases_do(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SHOW lc_collate").fetchall() == [("C.UTF-8",)]
        assert connection.execute("SHOW server_encoding").fetchall() == [("UTF8",)]


def test_databases_and_roles_are_gone_afterwards(postgres: PostgresServer) -> None:
    with postgres.databases("billing") as urls:
        name = urls["billing"].rpartition("/")[2]
        connection = psycopg.connect(urls["billing"])  # still open when the database goes
    connection.close()
    assert postgres.execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'") == []
    assert postgres.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'") == []


def test_committed_rows_survive_a_killed_postgres(breakable_postgres: PrivatePostgres) -> None:
    breakable_postgres.execute("CREATE TABLE kept (word text)")
    breakable_postgres.execute("INSERT INTO kept VALUES ('here')")
    breakable_postgres.kill()
    breakable_postgres.start()
    assert breakable_postgres.execute("SELECT word FROM kept") == [("here",)]


def test_a_vhost_holds_only_what_its_test_put_there(rabbitmq: RabbitServer, amqp_uri: str) -> None:
    put(amqp_uri, "hello")
    assert rabbitmq.queue_lengths(amqp_uri) == {"letters": 1}
    with rabbitmq.vhost() as other:
        assert rabbitmq.queue_lengths(other) == {}


def test_a_broker_keeps_its_messages_when_killed_and_when_restarted(
    breakable_rabbitmq: PrivateRabbit,
) -> None:
    with breakable_rabbitmq.vhost() as uri:
        put(uri, "one")
        breakable_rabbitmq.kill()
        with pytest.raises(kombu.exceptions.OperationalError, match="refused"):
            put(uri, "nobody there")
        breakable_rabbitmq.start()
        put(uri, "two")
        breakable_rabbitmq.restart()
        assert [take(uri), take(uri)] == ["one", "two"]


def test_a_private_broker_meets_no_other_node(breakable_rabbitmq: PrivateRabbit) -> None:
    assert breakable_rabbitmq.control("-q", "eval", "nodes().").strip() == "[]"
    ports = {
        connection.laddr.port
        for connection in psutil.Process(breakable_rabbitmq.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert ports.isdisjoint({5672, 25672, 4369})


def test_what_a_killed_run_left_behind_is_removed_by_the_next(tmp_path: Path) -> None:
    """A run that gets SIGKILL cannot clean up; its servers must not pile up on a developer's machine."""
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    program = textwrap.dedent(
        """
        import time
        from tests.real_servers.servers import ServerMissing, private_postgres
        try:
            with private_postgres() as server:
                print(server.pid, flush=True)
                time.sleep({seconds})
        except ServerMissing:
            print("missing", flush=True)
        """
    )
    tmp_path.chmod(0o755)
    for folder in (tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    first = subprocess.Popen(
        [sys.executable, "-c", program.format(seconds=60)], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    answer = first.stdout.readline().strip()
    first.kill()
    first.wait()
    if answer == "missing":
        pytest.skip(f"no server: {binaries.HOW_TO_GET_THEM}")
    assert psutil.pid_exists(int(answer))
    subprocess.run(
        [sys.executable, "-c", program.format(seconds=0)], env=environment, check=True, capture_output=True
    )
    deadline = time.monotonic() + 5
    while psutil.pid_exists(int(answer)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not psutil.pid_exists(int(answer))
    assert list(tmp_path.glob(f"{_PREFIX}*")) == []


def test_a_missing_server_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEADEND_TEST_INSTALL", raising=False)
    monkeypatch.setattr(binaries, "_postgres_folders", lambda: iter(()))
    with pytest.raises(ServerMissing, match="PostgreSQL is not installed: apt-get install postgresql"):
        binaries.postgres_programs()


def test_tests_without_their_server_are_counted_in_one_loud_line(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.real_servers.fixtures import *\n"
        "from tests.real_servers import binaries\n"
        "binaries._rabbitmq_folders = lambda: iter(())\n"
    )
    (tmp_path / "test_needy.py").write_text(
        "def test_a(amqp_uri): ...\ndef test_b(amqp_uri): ...\ndef test_c(): ...\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    for name in ("HEADEND_TEST_INSTALL", "HEADEND_TEST_AMQP_URI"):
        environment.pop(name, None)
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-p", "tests.real_servers.fixtures", "-c", os.devnull, str(tmp_path),
        ],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "2 test(s) skipped that need PostgreSQL or RabbitMQ. To run them: apt-get install" in done.stdout
    assert "1 passed, 2 skipped" in done.stdout
