"""What a process counts and measures, in Prometheus' format."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest

CALLS = Counter("headend_calls_total", "Calls answered", ["service", "method", "outcome"])
CALL_SECONDS = Histogram(
    "headend_call_seconds", "Time to answer a call", ["service", "method"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)  # fmt: skip
EVENTS_SENT = Counter("headend_events_sent_total", "Events confirmed by the bus", ["service", "type"])
EVENTS_UNROUTABLE = Counter(
    "headend_events_unroutable_total", "Events that no queue took", ["service", "type"]
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
JOBS = Counter("headend_jobs_total", "Runs of timed jobs", ["service", "job", "outcome"])
LOOPS = Gauge(
    "headend_loop_seen_seconds", "When a background loop last went round (unix time)", ["service", "loop"]
)


def exposition() -> tuple[bytes, str]:
    """All metrics of this process and their content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
