"""Requests made up from the OpenAPI document by schemathesis, sent by somebody of branch A (TRUST, checks 2 and 24)."""

import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, Response
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.permissions.conftest import Branch

SEED = int(os.environ.get("HEADEND_TEST_FUZZ_SEED", "20261122"))
EXAMPLES = int(os.environ.get("HEADEND_TEST_FUZZ_EXAMPLES", "3"))
"""Of each operation, twice: with what the document allows, and with what it does not."""

INTERNALS = (
    "Traceback (most recent call last)", "sqlalchemy", "sqlite3.", "psycopg", "pydantic_core", 'File "/', "nameko",
    "INSERT INTO ", "SELECT ", "UPDATE ", "DELETE FROM ", "site-packages", "kombu", "jinja2", "werkzeug",
)  # fmt: skip
"""What no answer says to anybody: traces, modules and SQL."""


def names_of(branch: Branch) -> dict[str, list[str]]:
    """By the name of a parameter or field: what of the branch it may name."""
    return {
        "branch_id": [branch.id], "branch_ids": [branch.id], "staff_id": [branch.staff], "plan_id": [branch.plan],
        "customer_id": [branch.customer["id"], branch.spare], "customer_ids": [branch.customer["id"]],
        "subscription_id": [branch.subscription], "run_id": [branch.run, branch.dunning_run],
        "number": [branch.payment, branch.invoice, branch.complaint], "message_id": [branch.message],
        "report_id": [branch.report], "online_payment_id": [branch.online], "session_id": [branch.desk],
        "standing_report_id": [branch.report], "crf": [branch.customer["crf"]], "search": [branch.customer["name"]],
        "template": ["dues_outstanding"], "locale": ["en"],
    }  # fmt: skip


def secrets_of(branch: Branch) -> frozenset[str]:
    """What gives the branch away, wherever it stands."""
    made = {name for names in names_of(branch).values() for name in names} - {"en", "dues_outstanding"}
    ours = {
        branch.customer["email"],
        branch.customer["username"],
        "bbb@bank",
        "Accounts of BBB",
        "Branch BBB",
    }
    return frozenset(name for name in made | ours if len(name) > 5)


def made_up(document: Any, skip: frozenset[str]) -> list[Case[Any]]:
    """Cases of every operation of the document but those (named as `METHOD /path`); the same for the same seed."""
    found: list[Case[Any]] = []
    for one in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(one, Ok), "the document describes an operation wrongly"
        for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
            if one.ok().label not in skip:
                found += _drawn(one.ok().as_strategy(generation_mode=mode))
    return found


def _drawn(cases: st.SearchStrategy[Case[Any]]) -> list[Case[Any]]:
    found: list[Case[Any]] = []

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def gather(case: Case[Any]) -> None:
        found.append(case)

    gather()
    return found


class Fuzzer:
    """Sends made-up requests and gathers what is wrong with the answers. `answers` counts them by status."""

    def __init__(
        self, address: str, token: str | None, known: Sequence[Branch], *, hidden: Branch | None
    ) -> None:
        self._address, self._session = address, requests.Session()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._known = [names_of(branch) for branch in known]
        self._hidden = secrets_of(hidden) if hidden else frozenset()
        self._random = random.Random(SEED)
        self.answers: Counter[int] = Counter()
        self.faults: list[str] = []

    def send(self, made: Case[Any]) -> None:
        """One request like this one."""
        path, query, body = map(self._named, (made.path_parameters, made.query, made.body))
        case = made.operation.Case(
            method=made.method, path_parameters=path, query=query, body=body, media_type=made.media_type,
            headers={**dict(made.headers or {}), **self._headers},
        )  # fmt: skip
        answer = case.call(base_url=self._address, session=self._session, timeout=30)
        self.answers[answer.status_code] += 1
        said, told = _said(answer), answer.content.decode(errors="replace")
        for fault in self._faults(case, answer, said, told):
            self.faults.append(
                f"{fault}: {made.operation.label} {said[:600]} -> {answer.status_code} {told[:300]}"
            )

    def _named(self, values: Any) -> Any:
        """The values, two of three times about something that exists, in the one branch or the other."""
        if not isinstance(values, dict):
            return values
        chosen = self._random.choice([{}, *self._known])
        found = dict(values)
        for name in values.keys() & chosen.keys():
            one = self._random.choice(chosen[name])
            found[name] = [one] if name.endswith("_ids") else one
        return found

    def _faults(self, case: Case[Any], answer: Response, said: str, told: str) -> Iterator[str]:
        if answer.status_code >= 500:
            yield "an error of ours"
        for word in INTERNALS:
            if word.lower() in told.lower() and word.lower() not in said.lower():
                yield f"tells {word!r}"
        for secret in self._hidden:
            if secret in told and secret not in said:
                yield f"tells {secret!r} of the other branch"
        try:
            case.validate_response(
                answer,
                checks=[status_code_conformance, content_type_conformance, response_schema_conformance],
            )
        except FailureGroup as error:
            yield f"is not as documented ({error.exceptions[0]})"


def _said(answer: Response) -> str:
    """What was asked, in plain letters."""
    body = answer.request.body or b""
    return f"{unquote(answer.request.url or '')} {body.decode(errors='replace') if isinstance(body, bytes) else body}"
