"""All that the services of an embedded Headend have stored, to see that a refused request changed none of it."""

import contextlib
import hashlib
from collections.abc import Iterator

import httpx

from deploy.verify.databases import Databases
from deploy.verify.waiting import left_over
from tests.stack.embedded import Embedded
from tests.stack.processes import wait_until

OWNERS = ("customers", "billing")
"""Who is written to by requests; the other two hear of it through the outbox, which is compared as well."""
BESIDES = frozenset(
    {
        "inbox", "jobs", "repair_cursors", "sessions", "sign_in_tries", "api_tokens", "request_counts",
        "alembic_version",
    }
)  # fmt: skip
"""What changes by itself, or by being asked at all."""
_ACTS = "SELECT id, call FROM audit WHERE outcome = 'done' AND call NOT IN ('sign_in', 'sign_out')"
"""A refusal is in the audit log too, and its rows get their place in the chain later on."""
_COUNTED = frozenset({"outbox"})
"""Rows that get marks later on."""

JARGON = (
    "traceback", "pydantic", "sqlalchemy", "sqlite", "psycopg", "exception", "errno", "valueerror", "input should",
)  # fmt: skip
"""Words that no refusal says to people."""


def contents(headend: Embedded) -> dict[str, str]:
    """By "service.table": its number of rows and a digest of all their values."""
    databases = Databases.of_home(headend.home)
    found = {}
    for service in OWNERS:
        names = databases.rows(service, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (table,) in names:
            if table in BESIDES or table.startswith("sqlite_"):
                continue
            every = _ACTS if table == "audit" else f'SELECT * FROM "{table}"'
            rows = sorted(map(repr, databases.rows(service, every)))
            digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]
            found[f"{service}.{table}"] = f"{len(rows)} rows" + ("" if table in _COUNTED else f" {digest}")
    return found


@contextlib.contextmanager
def untouched(headend: Embedded) -> Iterator[None]:
    """What is done inside changes nothing that is stored. Raises AssertionError naming the tables."""
    wait_until("everything has arrived", lambda: not left_over(Databases.of_home(headend.home)), 60)
    before = contents(headend)
    yield
    after = contents(headend)
    changed = {name: (before.get(name), after[name]) for name in after if before.get(name) != after[name]}
    assert not changed, f"a refused request changed {changed}"


def refused(answer: httpx.Response, status: int, code: str | None = None, field: str | None = None) -> str:
    """The sentence of a refusal. Raises AssertionError when it is another one, or no sentence for people."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text[:600]}"
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    problem = answer.json()
    if code is not None:
        assert problem["code"] == code, problem
    if field is not None:
        assert field in [error["field"] for error in problem["errors"]], problem
    sentence = str(problem["detail"])
    assert sentence.endswith((".", ".)")) and 10 < len(sentence) < 500, sentence
    assert not [word for word in JARGON if word in answer.text.lower()], answer.text
    return sentence
