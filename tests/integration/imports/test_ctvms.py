"""A CTVMS operator's ten tables are taken over, and what does not fit is told."""

import shutil
from pathlib import Path

import pytest

from deploy.imports.ctvms import import_ctvms
from deploy.imports.ctvms.taking_over import Outcome
from deploy.imports.refusals import FileRefused, MappingRefused, RowsRefused
from tests.integration.imports.homes import Home


def bring(home: Home, folder: Path, **options: object) -> Outcome:
    return import_ctvms(home.settings, folder, home.said.append, **options)  # type: ignore[arg-type]  # passed on


@pytest.fixture
def imported(home_of_2023: Home, ctvms: Path) -> Home:
    bring(home_of_2023, ctvms)
    return home_of_2023


@pytest.fixture
def copy(ctvms: Path, tmp_path: Path) -> Path:
    """The tables, to be spoiled."""
    return Path(shutil.copytree(ctvms, tmp_path / "export"))


def replace(folder: Path, table: str, old: str, new: str) -> None:
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.chmod(0o644)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_computed_status_is_the_tables_in_all_22_rows(imported: Home) -> None:
    query = "SELECT service, status, count(*) FROM subscriptions GROUP BY service, status ORDER BY service, status"
    assert imported.rows("billing", query) == [
        ("broadband", "inactive", 7), ("broadband", "suspended", 3),
        ("cable_tv", "inactive", 9), ("cable_tv", "suspended", 3),
    ]  # fmt: skip
    assert not any(line.startswith("Statuses that are not") for line in imported.said)


def test_the_dues_are_7500_for_tv_and_7000_for_broadband(imported: Home) -> None:
    query = "SELECT service, sum(amount_minor - settled_minor) FROM charges GROUP BY service ORDER BY service"
    assert imported.rows("billing", query) == [("broadband", 700_000), ("cable_tv", 750_000)]
    assert "Open for cable TV: 7500.00 INR." in imported.said
    assert "Open for broadband: 7000.00 INR." in imported.said


def test_paid_and_open_months_stand_against_the_opening_balance(imported: Home) -> None:
    assert imported.value("billing", "SELECT sum(amount_minor) FROM journal_lines") == 0
    accounts = "SELECT account, sum(amount_minor) FROM journal_lines GROUP BY account ORDER BY account"
    assert imported.rows("billing", accounts) == [("opening_balance", -1_450_000), ("receivable", 1_450_000)]


def test_billing_goes_on_in_the_month_after_the_last_grid_month(imported: Home) -> None:
    assert imported.rows("billing", "SELECT DISTINCT billed_from FROM subscriptions") == [("2023-06",)]
    assert (imported.chargeable("2023-05"), imported.chargeable("2023-06")) == (0, 22)


def test_old_invoices_are_documents_without_an_event(imported: Home) -> None:
    query = "SELECT count(*), count(DISTINCT number), min(series), max(series) FROM external_documents"
    assert imported.rows("billing", query) == [(32, 30, "CTVMS", "CTVMS")]
    assert imported.value("billing", "SELECT count(*) FROM invoices") == 0
    events = "SELECT type, count(*) FROM outbox GROUP BY type ORDER BY type"
    assert imported.rows("billing", events) == [("ChargesRaised", 1), ("SubscriptionChanged", 22)]


def test_complaints_are_kept(imported: Home) -> None:
    query = (
        "SELECT o.number, o.source_number, c.crf, o.kind, o.state, o.read_at IS NOT NULL FROM complaints o "
        "JOIN customers c ON c.id = o.customer_id ORDER BY o.number"
    )
    kinds = ("set_top_box", "billing", "billing", "broadband")
    assert imported.rows("customers", query) == [
        (f"CTVMS-MAIN-{number}", str(number), "101", kind, "open", 1)
        for number, kind in zip(range(1000, 1004), kinds, strict=True)
    ]
    assert imported.value("customers", "SELECT count(*) FROM outbox WHERE type LIKE 'Complaint%'") == 0


def test_no_password_is_taken_over(imported: Home) -> None:
    logins = "SELECT count(*), count(password_hash), count(one_time_hash) FROM logins WHERE customer_id IS NOT NULL"
    assert imported.rows("customers", logins) == [(12, 0, 0)]
    everything = repr(imported.everything())
    assert "plain-" not in everything
    assert "plain-" not in "\n".join(imported.said)


def test_mobiles_dates_and_usernames_are_read_as_they_are_meant(imported: Home) -> None:
    query = (
        "SELECT c.name, c.mobile, c.date_of_birth, c.postal_code, l.username FROM customers c "
        "JOIN logins l ON l.customer_id = c.id WHERE c.crf = '101'"
    )
    expected = ("DEEPA KUMAR", "9000000101", "1990-01-01", "686544", "user101")
    assert imported.rows("customers", query) == [expected]


def test_what_does_not_fit_is_told(imported: Home) -> None:
    said = "\n".join(imported.said)
    for sentence in (
        "Fewer invoices than PAID months (6):",
        "  108 cable TV: 1 for 3 paid months",
        "Expiry dates that differ: the old program counted months of 30 days (17):",
        "  107 broadband: 2023-02-28, was 2023-03-02, 2 days later",
        "  invoice 1012: rows 14, 15 of INVOICE_DETAILS.csv",
        "Left behind: 12 portal passwords",
        "Left behind: 10 broadband passwords",
        "the administrators admin0, admin1, admin2",
    ):
        assert sentence in said


def test_importing_again_changes_nothing(imported: Home, ctvms: Path) -> None:
    before = imported.everything()
    assert bring(imported, ctvms).again
    assert imported.everything() == before


def test_invitations_are_sent_once_even_later(imported: Home, ctvms: Path) -> None:
    assert bring(imported, ctvms, invite=True).invited == 12
    assert bring(imported, ctvms, invite=True).invited == 0
    links = "SELECT count(*) FROM outbox WHERE type = 'PasswordLinkIssued'"
    assert imported.value("customers", links) == 12


@pytest.mark.parametrize(
    ("table", "old", "new", "sentence"),
    [
        ("CUSTOMER_DETAILS", "customer101@", "customer101", "row 2: email"),
        ("CUSTOMER_DETAILS", ",102,", ",101,", 'row 3: CRF "101" stands in an earlier row'),
        ("TV_CONNECTION_DETAILS", "01/31/23", "31/01/23", ""),
        ("TV_CONNECTION_DETAILS", "01/01/23", "01/32/23", 'row 2: REGISTRATION_DATE is "01/32/23 00:00:00"'),
        ("TV_PAYMENT_DETAILS", "PAID", "PAYED", 'row 2: JANUARY is "PAYED"'),
        ("TV_PAYMENT_DETAILS", ",101,", ",999,", 'CRF "999" is no customer'),
        ("INVOICE_DETAILS", "CASH", "CHEQUE", 'row 2: MODE is "CHEQUE"'),
        ("CUST_COMPLAINTS", "Complaint text", "x" * 5000, "message"),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_is_written(
    home_of_2023: Home, copy: Path, table: str, old: str, new: str, sentence: str
) -> None:
    replace(copy, table, old, new)
    if not sentence:  # the day of renewal is not read
        assert bring(home_of_2023, copy).customers == 12
        return
    before = home_of_2023.everything()
    with pytest.raises(RowsRefused, match="Nothing was imported"):
        bring(home_of_2023, copy)
    assert any(sentence in line for line in home_of_2023.said), home_of_2023.said
    assert home_of_2023.everything() == before


def test_a_missing_table_or_column_is_named(home_of_2023: Home, copy: Path) -> None:
    replace(copy, "CUSTOMER_LOGIN_DETAILS", "CUST_USERNAME", "USER")
    with pytest.raises(FileRefused, match=r"CUSTOMER_LOGIN_DETAILS\.csv lacks the columns CUST_USERNAME"):
        bring(home_of_2023, copy)
    (copy / "CUST_COMPLAINTS.csv").unlink()
    with pytest.raises(FileRefused, match=r"lacks CUST_COMPLAINTS\.csv"):
        bring(home_of_2023, copy)


def test_an_unknown_branch_is_refused(home_of_2023: Home, ctvms: Path) -> None:
    with pytest.raises(MappingRefused, match='no branch "SOUTH"; there are MAIN'):
        bring(home_of_2023, ctvms, branch_code="SOUTH")
