"""7,043 telecom customers are taken over from their file, as the mapping in telco.yaml says."""

import csv
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chassis.settings import Settings
from deploy.imports.customers_file import Outcome
from tests.integration.imports.homes import Home
from tests.integration.imports.sources import TELCO_MAPPING


@pytest.fixture(scope="module")
def imported(
    telco: Path, empty_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Home, Outcome]]:
    folder = shutil.copytree(empty_home, tmp_path_factory.mktemp("telco") / "home")
    settings = Settings(home=folder, today=date(2026, 11, 21), sample=False)
    with Home.opened(settings) as home:
        yield home, home.bring(telco, TELCO_MAPPING)


def test_every_row_becomes_a_customer_with_one_subscription(imported: tuple[Home, Outcome]) -> None:
    home, outcome = imported
    assert (outcome.rows, outcome.bad, outcome.added, outcome.subscriptions) == (7043, 0, 7043, 7043)
    assert home.value("customers", "SELECT count(*) FROM customers") == 7043
    assert home.value("billing", "SELECT count(*) FROM subscriptions") == 7043
    assert home.value("billing", "SELECT count(DISTINCT customer_id) FROM subscriptions") == 7043


def test_the_business_month_has_5174_charges(imported: tuple[Home, Outcome]) -> None:
    home, _ = imported
    assert home.chargeable("2026-11") == 5174
    assert home.chargeable("2026-10") == 0


def test_service_price_and_closing_come_from_the_row(imported: tuple[Home, Outcome], telco: Path) -> None:
    home, _ = imported
    services: dict[str, int] = {}
    prices = closed = 0
    with telco.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            service = "cable_tv" if row["InternetService"] == "No" else "broadband"
            services[service] = services.get(service, 0) + 1
            whole, _, cents = row["MonthlyCharges"].partition(".")
            prices += int(whole) * 100 + int(cents.ljust(2, "0"))
            closed += row["Churn"] == "Yes"
    found = home.rows("billing", "SELECT service, count(*) FROM subscriptions GROUP BY service")
    assert dict(found) == services
    assert home.value("billing", "SELECT sum(price_minor) FROM subscriptions") == prices
    assert home.value("billing", "SELECT count(*) FROM subscriptions WHERE status = 'closed'") == closed


def test_a_subscription_began_so_many_months_before_the_business_month(
    imported: tuple[Home, Outcome],
) -> None:
    home, _ = imported
    query = (
        "SELECT started_on, billed_from FROM subscriptions JOIN customers_copy c ON c.id = customer_id "
        "WHERE c.card LIKE '%5575-GNVDE%'"
    )
    assert home.rows("billing", query) == [("2024-01-01", "2026-11")]


def test_three_branches_are_made_with_the_policy_of_the_mapping(imported: tuple[Home, Outcome]) -> None:
    home, _ = imported
    made = [one for one in home.branches() if one.code != "MAIN"]
    assert [(one.code, one.currency, one.policy.minimum_payment_minor) for one in made] == [
        ("EAST", "USD", 2000), ("NORTH", "USD", 2000), ("WEST", "USD", 2000)
    ]  # fmt: skip
    counts = [
        count for (count,) in home.rows("customers", "SELECT count(*) FROM customers GROUP BY branch_id")
    ]
    assert len(counts) == 3
    assert min(counts) > 2200


def test_nobody_is_mailed_and_nobody_has_a_password(imported: tuple[Home, Outcome]) -> None:
    home, _ = imported
    events = "SELECT type, count(*) FROM outbox GROUP BY type ORDER BY type"
    assert home.rows("customers", events) == [("BranchChanged", 4), ("CustomerRegistered", 7043)]
    welcome = (
        "SELECT count(*) FROM outbox WHERE type = 'CustomerRegistered' AND body LIKE '%\"welcome\": true%'"
    )
    assert home.value("customers", welcome) == 0
    passwords = "SELECT count(password_hash) + count(one_time_hash) FROM logins WHERE customer_id IS NOT NULL"
    assert home.value("customers", passwords) == 0


def test_importing_again_changes_nothing_and_says_so(imported: tuple[Home, Outcome], telco: Path) -> None:
    home, _ = imported
    before = home.everything()
    again = home.bring(telco, TELCO_MAPPING)
    assert again.again
    assert home.said[-1].endswith("Nothing was changed.")
    assert home.everything() == before


def test_the_same_customers_under_another_mapping_are_refused(
    imported: tuple[Home, Outcome], telco: Path
) -> None:
    from deploy.imports.refusals import RowsRefused

    home, _ = imported
    other = home.settings.home / "other.yaml"
    other.write_text(TELCO_MAPPING.read_text().replace("Customer {customerID}", "Subscriber {customerID}"))
    with pytest.raises(RowsRefused, match="7,043 of 7,043 rows"):
        home.bring(telco, other)
    assert 'Row 2: crf "7590-VHVEG" belongs to a customer who is here already.' in home.said
