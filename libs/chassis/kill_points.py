"""Places where a fault test lets a process die, as kill -9 at that very moment would; outside of such tests, nothing.

HEADEND_FAULT names one of them, alone or with what it must be about: `reaction.before_commit:PaymentMade`. The process
dies there once: a file in HEADEND_HOME, `killed-at-<point>`, keeps the next one alive. Production refuses the setting.
"""

import os
import signal
from pathlib import Path

POINTS = {
    "payment.before_commit": "billing has written a payment and not committed it",
    "payment.after_commit": "billing has committed a payment and not answered",
    "reply.before_ack": "a call is answered and its message not acknowledged; about: service.method",
    "relay.after_claim": "events are leased and not published",
    "relay.before_mark": "events are confirmed by the broker and not marked as sent",
    "listener.before_commit": "deliveries are written to the inbox and not committed",
    "listener.before_ack": "deliveries are in the inbox and not acknowledged",
    "reaction.before_commit": "a reaction has run and is not committed; about: the event's type",
    "mail.before_sending": "a mail is made and its message not yet marked as `sending`",
    "mail.before_data": "the mail server has taken the recipient and heard nothing of the mail",
    "mail.before_sent": "the mail server has taken the mail and its message is not marked as `sent`",
}
"""Every point, with what has happened and what has not."""

_armed, _, _about = os.environ.get("HEADEND_FAULT", "").partition(":")


def reach(point: str, about: str = "") -> None:
    """Die here when this is the armed point; costs a comparison otherwise."""
    if point == _armed and _about in ("", about):
        _die_once(point)


def mark_of(point: str) -> Path:
    """The file that says that a process died at the point."""
    return Path(os.environ.get("HEADEND_HOME") or "var") / f"killed-at-{point}"


def _die_once(point: str) -> None:
    try:
        mark_of(point).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
