"""`headend verify` names each kind of row that breaks what must hold, on both kinds of database."""

from datetime import timedelta

import pytest

from deploy.verify.installation import verify
from tests.integration.verify.breaks import BREAKS, ONE_PAYMENT
from tests.integration.verify.conftest import Kept

pytestmark = pytest.mark.slow


def test_a_good_month_has_nothing_to_name(kept: Kept) -> None:
    findings = verify(kept.databases, settled=True)
    assert findings.problems == []
    assert findings.under_way == []


@pytest.mark.parametrize(("service", "statement", "sentence"), BREAKS)
def test_what_breaks_is_named(kept: Kept, service: str, statement: str, sentence: str) -> None:
    on_sqlite = kept.databases.is_sqlite
    kept.spoil(
        service, statement.format(json="" if on_sqlite else "::json", uuid="" if on_sqlite else "::uuid")
    )
    assert sentence in "\n".join(verify(kept.databases, settled=True).problems)


@pytest.mark.parametrize(("service", "table"), [("billing", "payments"), ("notify", "audit")])
def test_a_trigger_that_is_gone_is_named(kept: Kept, service: str, table: str) -> None:
    of = "" if kept.databases.is_sqlite else f" ON {table}"
    kept.spoil(service, f"DROP TRIGGER {table}_no_delete{of}")
    assert f"{table}_no_delete of {service}" in "\n".join(verify(kept.databases, settled=True).problems)


def test_an_entry_that_is_gone_from_an_audit_log_is_named(kept: Kept) -> None:
    kept.spoil("billing", "DELETE FROM audit WHERE sequence = 2")
    kept.spoil("customers", "UPDATE audit SET call = 'sign_out' WHERE sequence = 1")
    found = "\n".join(verify(kept.databases, settled=True).problems)
    assert "Breaks in the audit log of billing: 1" in found
    assert "Breaks in the audit log of customers: 1" in found


LONG = timedelta(days=36_500)


def test_what_is_on_its_way_is_told_apart_and_excuses_what_it_will_bring(kept: Kept) -> None:
    kept.spoil("reports", "UPDATE inbox SET state = 'pending' WHERE type = 'PaymentMade'")
    kept.spoil("reports", f"DELETE FROM payments WHERE number = ({ONE_PAYMENT})")
    kept.spoil("reports", "DELETE FROM allocations WHERE payment_id NOT IN (SELECT id FROM payments)")
    kept.spoil("reports", "DELETE FROM figures WHERE kind IN ('takings', 'pending')")
    findings = verify(kept.databases, patience=LONG)
    assert [one for one in findings.problems if "Figures" not in one] == []
    assert "Events on their way from billing to reports: 5" in "\n".join(findings.under_way)


def test_what_no_event_on_its_way_will_bring_is_named_all_the_same(kept: Kept) -> None:
    kept.spoil("reports", "UPDATE inbox SET state = 'pending' WHERE type = 'SubscriptionChanged'")
    kept.spoil("reports", f"DELETE FROM payments WHERE number = ({ONE_PAYMENT})")
    findings = verify(kept.databases, patience=LONG)
    assert "payment MAIN-2026-000001, invoice MAIN-2026-000001: only in billing" in "\n".join(
        findings.problems
    )


def test_an_event_that_waits_too_long_is_lost_and_named(kept: Kept) -> None:
    kept.spoil("reports", "DELETE FROM inbox WHERE type = 'PaymentVoided'")
    assert verify(kept.databases, patience=LONG).problems == []
    assert "Events PaymentVoided that reports has not done: 1" in "\n".join(
        verify(kept.databases, patience=timedelta(0)).problems
    )


def test_only_the_first_rows_are_named_and_the_rest_is_counted(kept: Kept) -> None:
    kept.spoil("billing", "DELETE FROM invoices")
    (problem,) = [
        one
        for one in verify(kept.databases, most=2).problems
        if one.startswith("Payments without an invoice")
    ]
    assert problem.endswith("\n    MAIN-2026-000002\n    and 3 more")
