"""Mails as they arrived: confirmations with their invoice, reminders, and repeats by Message-ID."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from contracts.fields import period_start
from contracts.money import Money
from deploy.verify.databases import Databases, document
from deploy.verify.findings import Findings
from tests.stack.mail import Mail

PDF_SAMPLE = 150
"""How many attached PDFs are read whole; of all others the mail's head and the attachment's beginning are checked."""
_INVOICE = re.compile(r"[A-Z0-9]{2,8}-\d{4}-\d{6,}")


@dataclass(frozen=True)
class Invoice:
    """What a confirmation has to say, from billing's snapshot. `months` in English: "November 2026"."""

    number: str
    payment: str
    email: str
    name: str
    amount: str
    months: tuple[str, ...]


@dataclass(frozen=True)
class Owing:
    """What a reminder has to say."""

    email: str
    name: str
    amount: str
    months: tuple[str, ...]


def month_name(period: str) -> str:
    """ "2026-11" as an English mail writes it."""
    return period_start(period).strftime("%B %Y")


def amount_digits(minor: int, currency: str) -> str:
    """The amount as English mails and papers write it, without the currency: 1,250.00."""
    whole, point, rest = Money.of(minor, currency).decimal_text().partition(".")
    return f"{int(whole):,}{point}{rest}"


def invoices_of(databases: Databases) -> list[Invoice]:
    """Every invoice that billing issued, with its customer's address."""
    found = []
    rows = databases.rows(
        "billing",
        "SELECT i.snapshot, c.card FROM invoices i JOIN customers_copy c ON c.id = i.customer_id",
    )
    for snapshot_column, card_column in rows:
        snapshot, card = document(snapshot_column), document(card_column)
        found.append(
            Invoice(
                number=snapshot["number"], payment=snapshot["payment_number"], email=card["email"],
                name=snapshot["buyer"]["name"],
                amount=amount_digits(snapshot["total"]["minor"], snapshot["total"]["currency"]),
                months=tuple(sorted({month_name(line["period"]) for line in snapshot["lines"]})),
            )
        )  # fmt: skip
    return found


def owing_customers(databases: Databases) -> list[Owing]:
    """Every customer with something open now."""
    rows = databases.rows(
        "billing",
        "SELECT c.customer_id, c.period, c.amount_minor - c.settled_minor, c.currency, k.card FROM charges c"
        " JOIN customers_copy k ON k.id = c.customer_id WHERE c.settled_minor < c.amount_minor",
    )
    open_of: defaultdict[str, int] = defaultdict(int)
    periods: defaultdict[str, set[str]] = defaultdict(set)
    about = {}
    for customer, period, still_open, currency, card in rows:
        open_of[customer] += still_open
        periods[customer].add(period)
        about[customer] = (currency, document(card))
    return [
        Owing(
            email=card["email"], name=card["name"], amount=amount_digits(open_of[customer], currency),
            months=tuple(month_name(period) for period in sorted(periods[customer])),
        )
        for customer, (currency, card) in about.items()
    ]  # fmt: skip


class Post:
    """All mails that arrived, each parsed once."""

    def __init__(self, mails: Sequence[Mail]) -> None:
        self.by_id: defaultdict[str, list[Mail]] = defaultdict(list)
        for mail in mails:
            self.by_id[mail.message_id].append(mail)
        self.count = len(mails)

    def once(self, wanted: str) -> list[Mail]:
        """One mail of each Message-ID whose subject holds the text."""
        return [mails[0] for mails in self.by_id.values() if wanted in mails[0].subject]

    def repeated(self) -> Mapping[str, int]:
        """How often each Message-ID came that came more than once."""
        return {message_id: len(mails) for message_id, mails in self.by_id.items() if len(mails) > 1}


def check_confirmations(invoices: Sequence[Invoice], post: Post, seed: int, findings: Findings) -> None:
    """One confirmation per invoice, to the payer, with the PDF; a sample of the PDFs is read whole."""
    mails: defaultdict[str, list[Mail]] = defaultdict(list)
    for mail in post.once(" received, invoice "):
        for number in _INVOICE.findall(mail.subject):
            mails[number].append(mail)
    known = {invoice.number: invoice for invoice in invoices}
    counts = Counter({number: len(mails[number]) for number in known})
    findings.none_of([n for n, count in counts.items() if count == 0], "Invoices without a confirmation mail")
    findings.none_of(
        [n for n, count in counts.items() if count > 1], "Invoices with several confirmation mails"
    )
    findings.none_of(mails.keys() - known.keys(), "Confirmation mails about an invoice that does not exist")
    arrived = [(known[number], found[0]) for number, found in mails.items() if found and number in known]
    wrong = [problem for invoice, mail in arrived for problem in _wrong_in_mail(invoice, mail)]
    findings.none_of(wrong, "Confirmation mails that say the wrong thing")
    sample = random.Random(seed).sample(
        sorted(arrived, key=lambda pair: pair[0].number), min(PDF_SAMPLE, len(arrived))
    )
    unread = [problem for invoice, mail in sample for problem in _wrong_in_pdf(invoice, mail)]
    findings.none_of(unread, "Invoice PDFs that say the wrong thing")
    findings.figure("confirmation mails, one per payment, PDF attached", sum(counts.values()))
    findings.figure("attached PDFs read whole (number, name, amount, months)", len(sample))


def check_reminders(owing: Sequence[Owing], post: Post, findings: Findings) -> None:
    """One reminder per customer with dues, naming amount and months, and none to anybody else."""
    mails: defaultdict[str, list[Mail]] = defaultdict(list)
    for mail in post.once("Reminder"):
        mails[mail.to].append(mail)
    known = {customer.email: customer for customer in owing}
    findings.none_of(
        [email for email in known if not mails[email]], "Customers with dues and without a reminder"
    )
    findings.none_of([email for email in known if len(mails[email]) > 1], "Customers with several reminders")
    strangers = [email for email, found in mails.items() if found and email not in known]
    findings.none_of(strangers, "Reminders to customers who owe nothing")
    wrong = [problem for email, customer in known.items() for mail in mails[email]
             for problem in _wrong_in_reminder(customer, mail)]  # fmt: skip
    findings.none_of(wrong, "Reminders that say the wrong thing")
    findings.figure("reminder mails, one per customer with dues", sum(len(mails[email]) for email in known))


def check_repeats(
    databases: Databases, post: Post, findings: Findings, given_up: Collection[str] = ()
) -> None:
    """A Message-ID came once; twice only where the log says that it was repeated after an unknown outcome.

    No message was given up but those to the recipients `given_up`.
    """
    logged = {
        message_id
        for mail_id, repeated, state in databases.rows(
            "notify", "SELECT mail_id, repeated, state FROM messages"
        )
        if (repeated or state == "unknown")
        for message_id in (mail_id,)
    }
    doubles = post.repeated()
    silent = [f"{message_id} came {count} times" for message_id, count in doubles.items()
              if count > 2 or not any(known in message_id.replace("-", "") for known in logged)]  # fmt: skip
    findings.none_of(silent, "Mails that came several times without being logged as repeated")
    failed = databases.rows("notify", "SELECT recipient, problem FROM messages WHERE state = 'failed'")
    findings.none_of([row for row in failed if row[0] not in given_up], "Messages that were given up")
    findings.figure("mails received", post.count)
    findings.figure("mails repeated with their same Message-ID", sum(count - 1 for count in doubles.values()))
    findings.figure("messages logged as repeated or unknown", len(logged))


def _wrong_in_mail(invoice: Invoice, mail: Mail) -> list[str]:
    text = mail.text
    wanted = (invoice.number, invoice.payment, invoice.name, invoice.amount, *invoice.months)
    problems = [f"{invoice.number} does not name {what}" for what in wanted if what not in text]
    if mail.to != invoice.email:
        problems.append(f"{invoice.number} went to {mail.to}, not {invoice.email}")
    pdfs = [bytes(part.get_content()) for part in mail.message.iter_attachments()
            if part.get_content_type() == "application/pdf"]  # fmt: skip
    if len(pdfs) != 1 or not pdfs[0].startswith(b"%PDF-"):
        problems.append(f"{invoice.number} carries {len(pdfs)} PDFs")
    return problems


def _wrong_in_pdf(invoice: Invoice, mail: Mail) -> list[str]:
    text = " ".join((mail.pdf_text() or "").split())
    wanted = (invoice.number, " ".join(invoice.name.split()), invoice.amount, *invoice.months)
    return [f"the PDF of {invoice.number} does not hold {what}" for what in wanted if what not in text]


def _wrong_in_reminder(customer: Owing, mail: Mail) -> list[str]:
    text = mail.text
    wanted = (customer.name, customer.amount, *customer.months)
    return [f"{customer.email} is not told {what}" for what in wanted if what not in text]
