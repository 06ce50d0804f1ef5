"""What a process counts and measures, in Prometheus' format.

No label is made of what people type or of anything that grows with the customers: a label is a service, a method, a
type, a job, a state, a branch's code. Where a figure is read from a database, every replica of the service tells the
same one: take the largest, never the sum.
"""

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""prometheus_client's own variable: the folder in which the processes of one gateway share their figures."""
_OF_DATABASE = "every replica tells the same: use max()"
_CALLS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)

# --- calls ----------------------------------------------------------------------------------------
CALLS = Counter("headend_calls_total", "Calls answered", ["service", "method", "outcome"])
CALL_SECONDS = Histogram(
    "headend_call_seconds", "Time to answer a call", ["service", "method"], buckets=(0.002, *_CALLS)
)
ASKED = Counter(
    "headend_asked_total", "Calls made; outcome is answered, refused, failed, or away (no answer in time)",
    ["caller", "service", "method", "outcome"],
)  # fmt: skip
ASKED_SECONDS = Histogram(
    "headend_asked_seconds", "Time that a caller waited for an answer, or until it gave up",
    ["caller", "service", "method"], buckets=_CALLS,
)  # fmt: skip

# --- events ---------------------------------------------------------------------------------------
EVENTS_SENT = Counter("headend_events_sent_total", "Events confirmed by the bus", ["service", "type"])
EVENTS_UNROUTABLE = Counter(
    "headend_events_unroutable_total", "Times that the bus did not take an event", ["service", "type"]
)
EVENTS_RECEIVED = Counter("headend_events_received_total", "Events put into the inbox", ["service", "way"])
EVENTS_REPEATED = Counter(
    "headend_events_repeated_total", "Events that were in the inbox already", ["service"]
)
EVENTS_UNDECODABLE = Counter("headend_events_undecodable_total", "Deliveries that are no event", ["service"])
EVENTS_DONE = Counter("headend_events_done_total", "Reactions carried out", ["service", "type"])
EVENTS_FAILED = Counter(
    "headend_events_failed_total", "Reactions that failed and are retried", ["service", "type"]
)
EVENTS_PARKED = Counter(
    "headend_events_parked_total", "Events parked after too many tries", ["service", "type"]
)
EVENT_AGE = Histogram(
    "headend_event_age_seconds", "From when an event occurred to its reaction carried out", ["service"],
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15, 60, 300, 3600),
)  # fmt: skip
OUTBOX_UNSENT = Gauge(
    "headend_outbox_unsent", f"Events not yet sent, counted to 10,000; {_OF_DATABASE}", ["service"]
)
OUTBOX_OLDEST = Gauge(
    "headend_outbox_oldest_seconds", f"Age of the oldest event not yet sent; {_OF_DATABASE}", ["service"]
)
INBOX_PENDING = Gauge(
    "headend_inbox_pending", f"Events received, without reaction yet, counted to 10,000; {_OF_DATABASE}",
    ["service"],
)  # fmt: skip
INBOX_OLDEST = Gauge(
    "headend_inbox_oldest_seconds", f"Longest time that one of them has waited; {_OF_DATABASE}", ["service"]
)
INBOX_PARKED = Gauge(
    "headend_inbox_parked", f"Events that nobody tries any more until told to; {_OF_DATABASE}", ["service"]
)

# --- jobs and loops -------------------------------------------------------------------------------
JOBS = Counter(
    "headend_jobs_total", "Rounds of background jobs, by done or failed", ["service", "name", "outcome"]
)
JOB_SECONDS = Histogram(
    "headend_job_seconds", "Time of a job's round", ["service", "name"], buckets=(0.005, 0.05, 0.5, 5, 50)
)
JOB_SUCCEEDED = Gauge(
    "headend_job_succeeded_seconds", "When a job's round last ended well (unix time)", ["service", "name"]
)
LOOPS = Gauge(
    "headend_loop_seen_seconds", "When a background loop last went round (unix time)", ["service", "loop"]
)

# --- money ----------------------------------------------------------------------------------------
PAYMENTS = Counter("headend_payments_total", "Payments taken", ["mode", "branch"])

# --- what must not run out ------------------------------------------------------------------------
DATABASE_UP = Gauge("headend_database_up", "1 while this replica reaches its database", ["service"])
DATABASE_BYTES = Gauge("headend_database_bytes", f"Size of the database; {_OF_DATABASE}", ["service"])
CLOCK_SKEW = Gauge(
    "headend_clock_skew_seconds", "This machine's clock less the database server's", ["service"]
)
BACKUP_FINISHED = Gauge(
    "headend_backup_finished_seconds",
    f"When the last backup of the database was finished (unix time; 0: never); {_OF_DATABASE}", ["service"],
)  # fmt: skip
POOL_IN_USE = Gauge("headend_pool_in_use", "Database connections in use by this process", ["service"])
POOL_MOST = Gauge("headend_pool_most", "Database connections that this process may have", ["service"])
DISK_FREE = Gauge("headend_disk_free_bytes", "Free room of the disk that HEADEND_HOME is on", ["service"])
DISK_SIZE = Gauge("headend_disk_size_bytes", "Size of the disk that HEADEND_HOME is on", ["service"])


def exposition(registry: CollectorRegistry | None = None) -> tuple[bytes, str]:
    """All metrics of this process, or of another registry, and their content type."""
    return generate_latest(registry or REGISTRY), CONTENT_TYPE_LATEST


def shared_among_processes() -> bool:
    """Whether this process is one of several whose figures are told together."""
    return MULTIPROCESS in os.environ
