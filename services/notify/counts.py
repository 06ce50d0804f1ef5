"""What notify counts and measures, beside chassis.metrics."""

from prometheus_client import Counter, Histogram

MAILS = Counter(
    "headend_mails_total", "Dialogues with the mail server by their outcome", ["template", "outcome"]
)
MAIL_DELAY = Histogram(
    "headend_mail_delay_seconds", "From the event to the mail handed over", ["template"],
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 15, 60, 300, 3600),
)  # fmt: skip
