"""Faults 1 to 4: kill -9 at the worst moments of a payment, an event and a mail."""

from collections.abc import Sequence

from tests.faults.house import House
from tests.faults.trial import Trial, fault
from tests.scenarios.payers import Payer


def kill_at(trial: Trial, house: House, service: str, *points: str) -> None:
    """Kill the service's first process at each of the points (`point` or `point:about`), one after the other."""
    for armed in points:
        point, _, about = armed.partition(":")
        house.arm(house.process(service), point, about)
        trial.inject(f"kill {service} at {armed}")
        trial.within(f"{service} has died at {armed}", house.mark(point).exists)
    house.disarm()


@fault("1", "kill -9 of billing in the middle of a payment", ci=True)
def payment_killed(trial: Trial) -> None:
    """Before the commit, after it, and while answering: the client who tries again with the same key has one payment,
    the same body, and `Idempotent-Replayed` where it was carried out before.
    """
    house = trial.house
    with trial.inspected(house):
        kill_at(
            trial, house, "billing", "payment.before_commit", "payment.after_commit",
            "reply.before_ack:billing.record_payment",
        )  # fmt: skip
    check_replays(trial, house, [payer for payer, *_ in house.load.history.answers[-30:]])


def check_replays(trial: Trial, house: House, payers: Sequence[Payer]) -> None:
    """Each key once more: the same payment in the same words, marked as replayed."""
    told = {payer.key: number for payer, number, _ in house.load.history.answers}
    for payer in payers:
        path = f"/customers/{payer.customer_id}/payments"
        bodies = []
        for _ in range(2):
            answer = house.api.stubbornly("POST", path, key=payer.key, json=payer.body)
            bodies.append(answer.json())
            marked = answer.headers.get("Idempotent-Replayed") == "true"
            trial.demand(answer.is_success and marked, f"{payer.key} is not replayed: {answer.status_code}")
        trial.demand(bodies[0] == bodies[1], f"{payer.key} is replayed in other words")
        trial.findings.same(f"The payment of {payer.key}", bodies[0].get("payment_number"), told[payer.key])


@fault("2", "kill -9 of the relay between lease, confirm and mark")
def relay_killed(trial: Trial) -> None:
    """An event that was leased, or confirmed and not marked, is sent again when its lease has ended; every listener
    recognises the second delivery and does it once.
    """
    house = trial.house
    with trial.inspected(house):
        kill_at(trial, house, "billing", "relay.after_claim", "relay.before_mark")
    again = "SELECT count(*) FROM outbox WHERE attempts > 1"
    trial.demand(int(house.databases.one("billing", again)) > 0, "No event was sent again by the relay")
    told = "headend_events_repeated_total"
    trial.demand(trial.figures.repeated > 0, f"No listener saw a repeated delivery ({told})")


@fault("3", "kill -9 of a listener between delivery, inbox and reaction")
def listener_killed(trial: Trial) -> None:
    """Killed before the inbox is committed, before it acknowledges, and inside a reaction: the broker or the lease
    brings the event back, and its reaction is done once, in notify as in reports.
    """
    house = trial.house
    with trial.inspected(house):
        for service in ("notify", "reports"):
            kill_at(
                trial, house, service, "listener.before_commit", "listener.before_ack",
                "reaction.before_commit:PaymentMade",
            )  # fmt: skip


@fault("4", "kill -9 of the mailer around the mail server's 250", ci=True)
def mailer_killed(trial: Trial) -> None:
    """Before `sending` is committed, and before DATA: one mail. After the 250 and before `sent`: the message becomes
    `unknown`, is sent once more with the same Message-ID, and is logged as repeated; never two mails unlogged.
    """
    house = trial.house
    logged = "SELECT count(*) FROM messages WHERE repeated"
    in_doubt = (
        "SELECT count(*) FROM messages WHERE state IN ('sending', 'unknown') AND next_attempt_at IS NOT NULL"
    )
    before = int(house.databases.one("notify", logged))
    with trial.inspected(house):
        for point in ("mail.before_sending", "mail.before_data", "mail.before_sent"):
            kill_at(trial, house, "notify", point)
            # A message that is lost in its second try too is not sent a third time: each kill shall hit another one.
            trial.within("what was lost is sent", lambda: not house.databases.one("notify", in_doubt), 90)
    repeated = int(house.databases.one("notify", logged)) - before
    trial.demand(repeated >= 2, f"Only {repeated} messages became unknown and were repeated, of at least 2")
    doubles = sum(count - 1 for count in house.post_office.message_ids().values())
    trial.demand(doubles >= 1, "The mail whose 250 nobody heard did not come again")
    trial.note(f"{repeated} messages logged as repeated, {doubles} of them came twice")
