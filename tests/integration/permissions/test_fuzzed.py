"""Whatever is sent to any route by anybody: no error of ours, nothing of our insides, nothing of another branch.

HEADEND_TEST_FUZZ_EXAMPLES=200 looks longer, HEADEND_TEST_FUZZ_SEED=... elsewhere; both are printed with a failure.
"""

from typing import Any

import httpx
import pytest
from schemathesis import Case

from tests.integration.permissions.conftest import Operator
from tests.integration.permissions.fuzzing import EXAMPLES, SEED, Fuzzer, made_up

pytestmark = pytest.mark.slow

WHO = ("nobody", "customer_a", "technician_a", "support_a", "cashier_a", "manager_a", "admin")
"""Who can change least comes first, so that those after them meet the operator as it was built."""
ENDS_THE_SESSION = frozenset({"DELETE /api/v1/sessions/current"})


@pytest.fixture(scope="module")
def document(operator: Operator) -> Any:
    return httpx.get(f"{operator.headend.address}/api/v1/openapi.json").json()


@pytest.fixture(scope="module")
def requests(document: Any) -> list[Case[Any]]:
    return made_up(document, skip=ENDS_THE_SESSION)


@pytest.mark.parametrize("who", WHO)
def test_no_request_finds_a_fault(operator: Operator, requests: list[Case[Any]], who: str) -> None:
    caller = operator.callers.get(who)
    hidden = None if who == "admin" else operator.b
    token = caller.token if caller else None
    fuzzer = Fuzzer(operator.headend.address, token, (operator.a, operator.b), hidden=hidden)
    for request in requests:
        fuzzer.send(request)
    print(f"{who}: seed {SEED}, {EXAMPLES} examples, answers {dict(sorted(fuzzer.answers.items()))}")
    assert fuzzer.faults == [], "\n".join(fuzzer.faults[:20])
    if caller:
        assert caller.request("GET", "/me").status_code == 200, (
            "the session ended under way, so little was tried"
        )
        assert fuzzer.answers[200] > 20
    else:
        assert fuzzer.answers[401] > sum(fuzzer.answers.values()) / 2


def test_what_is_wrong_is_found(operator: Operator, document: Any) -> None:
    """Administrators' answers, as if they were for somebody of branch A and as if the document did not know 200."""
    described = document["paths"]["/api/v1/customers"]["get"]
    described = {**described, "responses": {"404": described["responses"]["404"]}}
    altered = {**document, "paths": {"/api/v1/customers": {"get": described}}}
    admin = operator.callers["admin"].token
    fuzzer = Fuzzer(operator.headend.address, admin, (operator.b,), hidden=operator.b)
    for request in made_up(altered, skip=frozenset()):
        fuzzer.send(request)
    found = " ".join(fuzzer.faults)
    assert "of the other branch" in found and "is not as documented" in found
