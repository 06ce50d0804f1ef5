"""A door tells the caller's mistakes from its own."""

import time
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from chassis.clock import FixedClock
from chassis.service import Service, call
from contracts.actor import Actor, Role
from contracts.calls.customers import ListStaff, StaffList

ADMIN = Actor(subject="staff:1", name="Ada", role=Role.ADMIN, branch_ids=None)


class Desk(Service):
    """A service with one door that makes a mistake of its own."""

    name = "customers"
    clock = FixedClock(datetime(2026, 11, 21, tzinfo=UTC))

    @call
    def list_staff(self, request: ListStaff, actor: Actor) -> StaffList:
        TypeAdapter(int).validate_python("no number")
        return StaffList(items=(), next=None)

    def actor_of(self, envelope: dict[str, Any]) -> Actor:
        return ADMIN


def asked(said: dict[str, Any]) -> Any:
    envelope = {"request": said, "deadline": time.time() + 5, "trace": "t"}
    answer: Any = Desk().list_staff(envelope)  # type: ignore[call-arg,arg-type]  # on the wire it is one envelope
    return answer["refusal"]


def test_a_request_that_is_not_of_the_right_form_is_the_callers_mistake() -> None:
    refusal = asked({"limit": 0})
    assert (refusal["kind"], [error["field"] for error in refusal["errors"]]) == ("invalid", ["limit"])


def test_what_a_door_itself_makes_wrongly_is_no_mistake_of_the_caller() -> None:
    refusal = asked({})
    assert (refusal["kind"], refusal["errors"]) == ("failed", [])
