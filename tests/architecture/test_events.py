"""Every event is shown by a sample and answered by somebody."""

import importlib

import pytest

from chassis.reactions import Reactions
from contracts.events import Event, event_types, subject_in
from contracts.samples import CUSTOMER, ERASED, SAMPLES
from contracts.topology import LISTENERS
from tests.architecture.source_files import SERVICES

# Events that none of our services answers, each with the reason why it is published all the same.
FOR_OPERATORS_OWN_LISTENERS = {
    "MessageFailed": "an operator's own help desk may want to call the customer; notify shows it to staff itself",
}

EVENTS = sorted(event_types().items())


def reactions_of(service: str) -> Reactions | None:
    """The table in <service>/reactions.py; None where the service listens to nothing and has no such room."""
    try:
        module = importlib.import_module(f"{service}.reactions")
    except ModuleNotFoundError as missing:
        if missing.name != f"{service}.reactions":
            raise
        return None
    tables = [value for value in vars(module).values() if isinstance(value, Reactions)]
    assert len(tables) == 1, f"{service}/reactions.py has {len(tables)} tables of reactions, not one"
    return tables[0]


def test_there_are_events_to_look_at() -> None:
    assert len(EVENTS) >= 10


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_every_event_has_a_sample_that_survives_the_wire(name: str, event: type[Event]) -> None:
    assert event in SAMPLES, f"add an example of {name} to libs/contracts/samples.py"
    sample = SAMPLES[event]
    assert event.model_validate(sample.model_dump(mode="json")) == sample


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_every_event_names_the_service_that_publishes_it(name: str, event: type[Event]) -> None:
    assert event.producer in SERVICES


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_every_event_is_answered_or_says_for_whom_it_is(name: str, event: type[Event]) -> None:
    answered = any(event in listened for listened in LISTENERS.values())
    assert answered != (name in FOR_OPERATORS_OWN_LISTENERS)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reacts_to_exactly_what_the_topology_says(service: str) -> None:
    reactions = reactions_of(service)
    handled = reactions.events() if reactions else frozenset()
    assert handled == frozenset(LISTENERS[service])


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_nothing_of_a_person_is_left_in_an_event_when_they_are_erased(name: str, event: type[Event]) -> None:
    sample = SAMPLES[event]
    if sample.subject() is None:
        return
    left = sample.without_person(ERASED)
    told = left.model_dump_json()
    # Not the district: the branch's letterhead is of the same town.
    home = CUSTOMER.address
    personal = (CUSTOMER.name, CUSTOMER.email, CUSTOMER.mobile, home.house_name, home.street, home.area)
    assert [text for text in personal if text and text in told] == []
    assert subject_in(left.model_dump(mode="json")) == sample.subject()
