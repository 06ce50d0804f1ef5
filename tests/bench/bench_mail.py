"""From the commit of a payment to its e-mail in the hands of the mail server, at 20 payments a second."""

import smtplib
import time
from itertools import islice
from uuid import UUID

from tests.bench.bench_payments import ensure_charged
from tests.bench.figures import Figure, latency
from tests.bench.house import House, scale
from tests.bench.load import paced
from tests.bench.payers import Payer, pay, payers
from tests.stack.mail import Mail
from tests.stack.processes import wait_until

_A_SECOND, _SECONDS, _WARM_UP = 20.0, 20.0, 20
_P50, _P99 = 0.300, 2.0


def mail(house: House) -> list[Figure]:
    """Every payment's confirmation with its invoice; the event is the last thing written before the commit."""
    ensure_charged(house)
    waiting = payers(house, with_mail=True)
    _paid(house, list(islice(waiting, _WARM_UP)))
    with house.watched() as largest:
        delays = _paid(house, list(islice(waiting, max(40, int(_A_SECOND * _SECONDS * scale())))))
    what = f"commit to e-mail, {_A_SECOND:.0f} payments/s"
    figure = latency(what, delays, _handed_over_alone(house), p50=_P50, p99=_P99)
    return [figure.with_memory(largest.bytes)]


def _paid(house: House, some: list[Payer]) -> list[float]:
    """Seconds from each payment's commit to its mail."""
    before = len(house.sink.raw)
    paced(house.clients(16), pay, some, _A_SECOND).check()
    wait_until("every mail has come", lambda: len(house.sink.raw) >= before + len(some), 120)
    came = {
        Mail(raw).message_id: moment
        for raw, moment in zip(house.sink.raw[before:], house.sink.times[before:], strict=True)
    }
    committed = house.connections["billing"].execute(
        "SELECT o.event_id, extract(epoch FROM o.occurred_at)::float FROM payments p JOIN outbox o"
        " ON o.type = 'PaymentMade' AND o.body->>'payment_id' = p.id::text WHERE p.idempotency_key = ANY(%s)",
        [[payer.key for payer in some]],
    )
    moments: dict[UUID, float] = dict(committed.fetchall())
    assert len(moments) == len(some), f"{len(moments)} events of {len(some)} payments"
    return [came[f"<{event_id}@headend>"] - moment for event_id, moment in moments.items()]


def _handed_over_alone(house: House) -> list[float]:
    """Seconds that smtplib needs for the dialogue of the same mails on one connection."""
    waits, mails = [], house.sink.raw[-100:]
    with smtplib.SMTP("127.0.0.1", house.sink.port) as server:
        for raw in mails:
            began = time.perf_counter()
            server.sendmail("headend@localhost", ["floor@example.com"], raw)
            waits.append(time.perf_counter() - began)
    return waits
