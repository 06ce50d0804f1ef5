"""Faults 11 to 13: deliveries that come three times, in the wrong order, or make no sense."""

import json
import os
import subprocess
import time
import uuid
from functools import partial
from typing import Any

import kombu
import psycopg

from chassis.bus import RPC_EXCHANGE, UNDECODABLE, connection
from contracts.topology import LISTENERS
from tests.faults.house import House
from tests.faults.middleman import Middleman
from tests.faults.trial import Trial, fault
from tests.scenarios.payers import Payer
from tests.stack.processes import HEADEND

_LISTENERS = tuple(service for service in LISTENERS if LISTENERS[service])


@fault("11", "every event and every payment's call delivered three times")
def delivered_three_times(trial: Trial) -> None:
    """All counts are as if each had come once. Calls without an idempotency key are left out: the broker itself repeats
    a call only marked as redelivered, and Headend refuses those without a key.
    """
    house = trial.house
    middleman = Middleman(house.servers.amqp_uri, _LISTENERS, copies=3, calls=["billing.record_payment"])
    with trial.inspected(house):
        with middleman:
            time.sleep(trial.pick(8, 60))
        trial.injected += ["repeated delivery"] * middleman.copied
        trial.demand(middleman.copied > 20, f"Only {middleman.copied} deliveries were repeated")


@fault("12", "events in the wrong order")
def wrong_order(trial: Trial) -> None:
    """The newest change of a customer first, and the void before its payment: the newest version stays, and a reaction
    that comes too early waits or is made good when the other comes.
    """
    house = trial.house
    one = house.load.register(f"order-{uuid.uuid4().hex[:8]}@example.com", f"O{uuid.uuid4().hex[:9].upper()}")
    names = ("Second Name", "Third Name")
    quick_repair = "HEADEND_REPAIR_SECONDS"
    with trial.inspected(house, load=False):
        listeners = [house.process(service) for service in _LISTENERS]
        for process in listeners:  # repair would bring the held events in the right order
            house.real.replace(process, {quick_repair: "3600"})
        house.wait_until_ready()
        trial.within("the first repair pass is over", lambda: not house.left_over())
        time.sleep(2)
        with Middleman(house.servers.amqp_uri, _LISTENERS, hold=True) as middleman:
            for name in names:
                house.api.ok("PATCH", f"/customers/{one.customer_id}", json={"name": name})
            payer = house.load.pay_once(trial.dice, clicks=1)
            _void(house, payer)
            trial.within("the events are held", lambda: len(_types(middleman)) >= 4 * 2, 20)
            backwards = list(reversed(middleman.held))
            trial.injected += [f"{kind} early" for kind in _types(middleman)]
            middleman.deliver(backwards)
        for process in listeners:
            house.real.replace(process)
    told = {service: _name_in(house, service, one.customer_id) for service in _LISTENERS}
    trial.findings.same("The name in every copy", set(told.values()), {names[-1]})
    voided = (
        "SELECT count(*) FROM payments p JOIN payment_voids v ON v.payment_id = p.id"
        f" WHERE p.number = '{_number(house, payer)}'"
    )
    trial.findings.same("The void payment as reports knows it", house.databases.one("reports", voided), 1)


def _types(middleman: Middleman) -> list[str]:
    return [json.loads(body)["type"] for _, body in list(middleman.held)]


def _number(house: House, payer: Payer) -> str:
    return next(number for one, number, _ in house.load.history.answers if one.key == payer.key)


def _void(house: House, payer: Payer) -> None:
    house.api.ok("POST", f"/payments/{_number(house, payer)}/void", json={"reason": "Typed twice"})


def _name_in(house: House, service: str, customer_id: str) -> str:
    rows = house.databases.rows(service, f"SELECT card FROM customers_copy WHERE id = '{customer_id}'")
    card = rows[0][0]
    return str((json.loads(card) if isinstance(card, str) else card)["name"])


@fault("13", "poison: no JSON, wrong shape, 5 MB, unknown type, no reply address, a handler that kills")
def poison(trial: Trial) -> None:
    """Services stay up and neighbours are done at once. What is no event is set aside by the broker; an event that
    nobody can read, and one that kills its listener each time, are parked with a reason, once, and done after the
    mending by `headend events retry`.
    """
    house = trial.house
    with trial.inspected(house):
        house.set_aside += _throw_in(trial, house)
        poisoned = _unreadable(trial, house)
        _kills_each_time(trial, house)
        for event_id in poisoned:
            trial.within(f"{event_id} is parked", partial(_is_parked, house, event_id), 90)
        told = _headend(house, "events", "parked")
        trial.demand(
            all(one in told for one in poisoned), f"`events parked` does not name them: {told[-500:]}"
        )
        house.disarm()
        _mend(house, poisoned)
        _headend(house, "events", "retry")
        trial.within("every parked event is done after the mending", lambda: not _undone(house), 90)
        _forget(house, poisoned)


def _throw_in(trial: Trial, house: House) -> int:
    """Deliveries that are no events and calls that are no calls; gives how many the broker has to keep."""
    sound = {"id": str(uuid.uuid4()), "type": "NobodyKnowsThis", "producer": "billing", "body": {},
             "occurred_at": "2026-11-02T12:00:00Z"}  # fmt: skip
    before = _set_aside(house)
    for what, body in {
        "bad JSON": "{broken", "null": "null", "no event": json.dumps({"id": 7}),
        "5 MB of nothing": json.dumps({"id": "x" * 5_000_000}), "NUL": json.dumps(sound | {"trace": "\x00"}),
    }.items():  # fmt: skip
        trial.inject(f"delivery: {what}")
        _publish(house, body, "", "inbox-notify")
    for what, body in {"no reply address": '{"args": [], "kwargs": {}}', "broken call": "{broken"}.items():
        trial.inject(f"call: {what}")
        _publish(house, body, RPC_EXCHANGE.name, "billing.record_payment")
    trial.within("what is no event is set aside", lambda: _set_aside(house) > before + 3)
    trial.within("neighbours are done within seconds", lambda: sum(house.left_over().values()) < 30, 10)
    return _set_aside(house) - before


def _set_aside(house: House) -> int:
    return house.waiting_in_queues().get(UNDECODABLE, 0)


def _unreadable(trial: Trial, house: House) -> list[str]:
    """Events that nobody can react to, as a broken producer would send them; gives their ids."""
    ids = []
    for what, kind in {"wrong schema": "PaymentVoided", "unknown type": "NobodyKnowsThis"}.items():
        event = {"id": str(uuid.uuid4()), "type": kind, "producer": "billing", "body": {"wrong": "schema"},
                 "occurred_at": "2026-11-02T12:00:00Z", "trace": "poison"}  # fmt: skip
        trial.inject(f"event: {what}")
        _publish(house, json.dumps(event), "", "inbox-notify")
        ids.append(str(event["id"]))
    return ids


def _kills_each_time(trial: Trial, house: House) -> None:
    """A void's reaction kills notify whenever it is tried, until the event is parked."""
    point, about = "reaction.before_commit", "PaymentVoided"
    house.arm(house.process("notify"), point, about)
    payer = house.load.pay_once(trial.dice, clicks=1)
    _void(house, payer)
    before = _parked(house)
    deadline = time.monotonic() + 300
    while _parked(house) == before and time.monotonic() < deadline:
        if house.mark(point).exists():
            trial.inject(f"{about} kills notify")
            if (
                not trial.long
            ):  # a few tries are lived through, the others are written down as if they had been
                _execute(house, "UPDATE inbox SET attempts = 6 WHERE type = %s AND state = 'pending'", about)
            house.mark(point).unlink()
        time.sleep(0.2)
    trial.demand(_parked(house) > before, "The event that kills its listener was not parked")


def _mend(house: House, event_ids: list[str]) -> None:
    """Give the events the type and body of a sound one, as a mended producer would."""
    sound = "SELECT body FROM inbox WHERE type = 'PaymentVoided' AND body::text NOT LIKE '%%wrong%%' LIMIT 1"
    mended = f"UPDATE inbox SET type = 'PaymentVoided', body = ({sound}) WHERE event_id = ANY(%s::uuid[])"
    _execute(house, mended, event_ids)


def _forget(house: House, event_ids: list[str]) -> None:
    """No producer ever published them: what is left of them would be held against the house."""
    _execute(house, "DELETE FROM messages WHERE event_id = ANY(%s::uuid[])", event_ids)
    _execute(house, "DELETE FROM inbox WHERE event_id = ANY(%s::uuid[])", event_ids)


def _execute(house: House, statement: str, *values: object) -> None:
    """Change notify's database behind its back."""
    with psycopg.connect(house.servers.urls["notify"], autocommit=True) as connection:
        connection.execute(statement.encode(), values)


def _is_parked(house: House, event_id: str) -> bool:
    rows = house.databases.rows("notify", f"SELECT state FROM inbox WHERE event_id = '{event_id}'")
    return bool(rows) and rows[0][0] == "parked"


def _parked(house: House) -> int:
    return int(house.databases.one("notify", "SELECT count(*) FROM inbox WHERE state = 'parked'"))


def _undone(house: House) -> int:
    voids = "SELECT count(*) FROM inbox WHERE type = 'PaymentVoided' AND state <> 'done'"
    return int(house.databases.one("notify", voids))


def _headend(house: House, *arguments: str) -> str:
    done = subprocess.run(
        [*HEADEND, *arguments], env=dict(house.real.environment) | {"PATH": os.environ["PATH"]}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


def _publish(house: House, body: str, exchange: str, key: str, **properties: Any) -> None:
    with connection(house.servers.amqp_uri) as bus:
        kombu.Producer(bus.channel()).publish(
            body, exchange=exchange, routing_key=key, content_type="application/json", content_encoding="utf-8",
            **properties,
        )  # fmt: skip
