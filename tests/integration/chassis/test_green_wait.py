"""In an eventlet process a statement that takes long stops nobody else, and large ones pass (BUS, 5)."""

import json
import subprocess
import sys
from typing import Any

PROGRAM = """
from chassis.green import patch_first
patch_first()
import eventlet, json, sys
from sqlalchemy import text
from chassis.database import Database
database = Database(sys.argv[1], pool_size=5)
ticks = []
def tick():
    while True:
        eventlet.sleep(0.02)
        ticks.append(1)
eventlet.spawn(tick)
"""
SLOW = """
with database.transaction() as session:
    session.execute(text("SELECT pg_sleep(1)"))
print(json.dumps(len(ticks)))
"""
AT_ONCE = """
def ask(number):
    with database.transaction() as session:
        return session.execute(text("SELECT :number FROM pg_sleep(0.5)"), {"number": number}).scalar_one()
pool = eventlet.GreenPool()
print(json.dumps([*pool.imap(ask, range(5))] if len(ticks) < 40 else "slow"))
"""
LARGE = """
said = "x" * 30_000_000
with database.transaction() as session:
    session.execute(text("CREATE TEMP TABLE large (number int, said text)"))
    session.execute(text("INSERT INTO large VALUES (:number, :said)"), [{"number": n, "said": said} for n in range(2)])
    back = session.execute(text("SELECT said FROM large")).scalars().all()
print(json.dumps([back == [said, said], len(ticks)]))
"""
BROKEN = """
from sqlalchemy.exc import OperationalError
def cut():
    eventlet.sleep(0.3)
    with database.transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)'"))
eventlet.spawn(cut)
try:
    with database.transaction() as session:
        session.execute(text("SELECT pg_sleep(30)"))
except OperationalError as error:
    print(json.dumps(error.connection_invalidated))
"""


def run(program: str, url: str) -> Any:
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM + program, url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def test_others_work_while_a_statement_takes_long(postgres_url: str) -> None:
    assert run(SLOW, postgres_url) > 20


def test_several_statements_wait_at_once(postgres_url: str) -> None:
    assert run(AT_ONCE, postgres_url) == [0, 1, 2, 3, 4]


def test_large_statements_and_answers_pass(postgres_url: str) -> None:
    passed, _ = run(LARGE, postgres_url)
    assert passed


def test_a_connection_cut_while_waiting_is_an_error_at_once(postgres_url: str) -> None:
    assert run(BROKEN, postgres_url) is True
