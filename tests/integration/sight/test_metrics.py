"""What Headend tells of itself: complete enough for the dashboard, without a word about a person."""

import re

import pytest

from contracts.topology import SERVICES
from tests.integration.sight.conftest import NAME
from tests.integration.sight.scraped import Scrape

LABELS = {
    "service", "method", "outcome", "caller", "type", "way", "name", "loop", "mode", "branch", "state", "template",
    "route", "status", "le",
}  # fmt: skip
MOST_SERIES = 3_000
"""Of one process in which all four services and the gateway run."""


def test_a_payment_is_counted_by_mode_and_branch(seen: Scrape) -> None:
    assert seen.total("headend_payments_total", mode="cash", branch="MAIN") == 1


def test_calls_are_measured_on_both_sides(seen: Scrape) -> None:
    assert seen.total("headend_calls_total", service="billing", method="record_payment", outcome="ok") == 1
    waited = seen.total("headend_asked_seconds_count", service="billing", method="record_payment")
    asked = seen.total("headend_asked_total", service="billing", method="record_payment", outcome="answered")
    assert (waited, asked) == (1, 1)


def test_a_refused_call_is_no_failed_one(seen: Scrape) -> None:
    assert seen.total("headend_asked_total", method="get_customer", outcome="refused") >= 1
    assert seen.total("headend_asked_total", outcome="failed") == 0


def test_the_age_of_events_is_measured_where_they_are_reacted_to(seen: Scrape) -> None:
    listeners = {
        labels["service"] for name, labels, _ in seen.samples if name == "headend_event_age_seconds_count"
    }
    assert listeners == {"billing", "notify", "reports"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_measures_its_database_and_its_jobs(seen: Scrape, service: str) -> None:
    assert seen.total("headend_database_up", service=service) == 1
    for name in ("outbox_unsent", "inbox_parked", "pool_most", "disk_free_bytes", "job_succeeded_seconds"):
        assert any(
            found == f"headend_{name}" and labels.get("service") == service
            for found, labels, _ in seen.samples
        ), name


def test_memory_and_processor_time_are_told(seen: Scrape) -> None:
    assert seen.total("process_resident_memory_bytes") > 1e7
    assert seen.total("process_cpu_seconds_total") > 0


def test_no_label_is_made_of_what_people_type(seen: Scrape) -> None:
    """Neither names nor addresses nor ids, whatever was asked for; else the series would grow with the customers."""
    personal = re.compile(r"@|[0-9a-f]{8}-[0-9a-f]{4}|[0-9]{5}|x{9}|\+48")
    values = {value for _, labels, _ in seen.of_headend() for name, value in labels.items() if name != "le"}
    assert not {value for value in values if personal.search(value) or NAME.split()[0] in value}


def test_only_the_agreed_labels_are_used(seen: Scrape) -> None:
    assert {name for _, labels, _ in seen.of_headend() for name in labels} <= LABELS


def test_the_number_of_series_stays_small(seen: Scrape) -> None:
    assert len(seen.of_headend()) < MOST_SERIES


def test_methods_and_routes_that_are_none_share_one_label(seen: Scrape) -> None:
    methods = {labels["method"] for name, labels, _ in seen.samples if name == "headend_http_requests_total"}
    assert "other" in methods and "BREW" not in methods
    assert seen.total("headend_http_requests_total", route="unknown") >= 1
