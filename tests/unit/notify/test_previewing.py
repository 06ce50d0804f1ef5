"""A look at a message before it is sent: the real words, and nothing stored."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.actor import Role
from contracts.calls.notify import MessagePreview, PreviewMessage
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.events import CustomerRegistered
from contracts.samples import BRANCH, SAMPLES
from notify.domain.refusals import NoPreview
from notify.previewing import preview_message
from tests.unit.notify.builders import House, Server, dues, staff


def look(template: str = "dues_outstanding", event: Any = None, role: Role = Role.MANAGER) -> MessagePreview:
    body = (event or dues()).model_dump(mode="json")
    request = PreviewMessage(template=template, event=body)
    return preview_message(request, staff(role, BRANCH.id), "https://tv.example.com")


def test_it_is_what_the_customer_would_get(house: House) -> None:
    seen = look()
    house.react(dues())
    server = Server()
    house.send(server)
    assert seen.recipient == "asha.rao@example.com"
    assert seen.subject == house.message().subject
    assert "https://tv.example.com/" in seen.text and "₹500.00" in seen.html


def test_a_secret_has_no_preview() -> None:
    with pytest.raises(NoPreview):
        look("customer_registered", SAMPLES[CustomerRegistered])
    with pytest.raises(NoPreview):
        look("nonsense")


def test_another_events_body_is_refused() -> None:
    with pytest.raises(Invalid):
        look("dues_outstanding", SAMPLES[CustomerRegistered])


def test_it_is_for_who_sends_messages_in_the_customers_branch() -> None:
    with pytest.raises(Forbidden):
        look(role=Role.CASHIER)
    elsewhere = dues().customer.model_copy(update={"branch_id": uuid4()})
    with pytest.raises(NotFound):
        look(event=dues(elsewhere))
