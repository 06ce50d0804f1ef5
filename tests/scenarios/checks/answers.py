"""What callers were answered, beside what billing keeps: each 2xx payment exists once, each key made one payment."""

from collections import Counter
from collections.abc import Sequence

from contracts.money import Money
from deploy.verify.databases import Databases
from deploy.verify.findings import Findings
from tests.scenarios.payers import History, Payer
from tests.stack.api import Api


def check_answers(databases: Databases, history: History, findings: Findings) -> None:
    """The history against the payments table, both ways."""
    findings.none_of(history.refusals, "Payments that were refused or not answered")
    several = {key: numbers for key, numbers in history.keys.items() if len(numbers) > 1}
    findings.none_of(several.items(), "Keys that were answered with several payments")
    rows = databases.rows("billing", "SELECT idempotency_key, number, amount_minor, mode FROM payments")
    stored = {key: (number, amount, mode) for key, number, amount, mode in rows}
    counts = Counter(row[0] for row in rows)
    findings.none_of([key for key, count in counts.items() if count > 1], "Keys that made several payments")
    answered = {payer.key: (number, payer.amount_minor, payer.mode) for payer, number, _ in history.answers}
    lost = [(key, said, stored.get(key)) for key, said in answered.items() if stored.get(key) != said]
    findings.none_of(
        lost, "Payments that were answered with 2xx and are not stored so (key, answered, stored)"
    )
    findings.none_of(stored.keys() - answered.keys(), "Payments that nobody was told of")
    findings.figure("payments stored (each 2xx once, each key one)", len(rows))
    findings.figure("answers replayed to a repeated key", sum(replayed for *_, replayed in history.answers))


def check_through_api(api: Api, sample: Sequence[tuple[Payer, str]], findings: Findings) -> None:
    """Some payments as the API shows them now: amount, invoice, and what is left of the customer's dues."""
    wrong = []
    for payer, number in sample:
        paid = api.ok("GET", f"/payments/{number}")
        invoice = api.ok("GET", f"/invoices/{paid['invoice_number']}")
        dues = api.ok("GET", f"/customers/{payer.customer_id}/dues")
        listed = [
            item["payment_number"]
            for item in api.ok("GET", f"/customers/{payer.customer_id}/payments")["items"]
        ]
        amount = Money.of(payer.amount_minor, "USD").decimal_text()
        rest = Money.of(payer.due_minor - payer.amount_minor, "USD").decimal_text()
        seen = (paid["amount"], invoice["total"], dues["total"] or "0.00", listed)
        if seen != (amount, amount, rest, [number]):
            wrong.append((payer.crf, seen, (amount, rest, number)))
    findings.none_of(wrong, "Customers whom the API shows something else than they paid")
    findings.figure("payments looked up again through the API", len(sample))
