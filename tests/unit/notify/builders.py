"""A notify service in a folder of its own, and what stands around it: events, a reports service, a mail server."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import select

from chassis.clock import FixedClock
from chassis.logs import tracing
from chassis.migrations import migrate, migrations_of
from chassis.platform import Platform
from chassis.reactions import EventContext
from chassis.rpc_client import RpcClient
from chassis.rpc_publisher import ServiceAway
from chassis.seal import seal
from chassis.settings import Settings
from chassis.tables import OutboxRow
from contracts.actor import Actor, Role
from contracts.calls.reports import Document, RenderInvoice
from contracts.cards import BranchCard, CustomerCard
from contracts.events import (
    CustomerRegistered,
    DuesOutstanding,
    Event,
    PasswordLinkIssued,
    PaymentMade,
)
from contracts.samples import BRANCH, CUSTOMER, SAMPLES
from contracts.topology import SERVICES
from notify.domain.schedule import GIVE_UP_AFTER
from notify.letters import LETTERS
from notify.mail import Envelope
from notify.reactions import REACTIONS
from notify.sender import Sender
from notify.tables import Message
from notify.usecases.claim_messages import take_over_lost

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
LINK_LIFE = GIVE_UP_AFTER


class Reports:
    """What stands in for the bus to the reports service: draws a PDF of a few bytes, or is away."""

    def __init__(self) -> None:
        self.away = False
        self.crash: BaseException | None = None
        self.size = 0
        """Further bytes of each PDF."""
        self.asked: list[RenderInvoice] = []

    def call(self, request: RenderInvoice, *, actor_token: str = "") -> Document:
        """Draw, or raise what the real client raises."""
        self.asked.append(request)
        if self.crash:
            raise self.crash
        if self.away:
            raise ServiceAway("The reports service is not running yet.")
        assert actor_token
        content = b"%PDF-1.4 " + request.snapshot.number.encode() + b"0" * self.size
        return Document(content=content, file_name="invoice.pdf")


class Server:
    """What stands in for a mail server: takes mails, or does what the script says, one entry for each mail."""

    safe_to_repeat = False

    def __init__(self, *script: Exception | None, watch: Callable[[Envelope], None] | None = None) -> None:
        self.script = list(script)
        self.taken: list[Envelope] = []
        self.offered: list[Envelope] = []
        self.away: Exception | None = None
        self.watch = watch

    def ready(self) -> None:
        if self.away:
            raise self.away

    def send(self, envelope: Envelope) -> None:
        self.offered.append(envelope)
        if self.watch:
            self.watch(envelope)
        problem = self.script.pop(0) if self.script else None
        if problem is not None:
            raise problem
        self.taken.append(envelope)

    def close(self) -> None: ...

    def rest(self) -> None: ...


class House:
    """One notify service with its own database, clock and reports."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.clock = FixedClock(NOW)
        self.reports = Reports()
        made = Settings(home=home, public_url="https://tv.example.com", **settings)
        self.platform = Platform("notify", made, cast(RpcClient, self.reports), clock=self.clock)
        self.platform.keys.make_missing(SERVICES)
        migrate(self.platform.database, migrations_of("notify"))

    def react(self, event: Event, *, event_id: UUID | None = None) -> UUID:
        """Let an event arrive; returns its id."""
        event_id = event_id or uuid4()
        found = REACTIONS.find(event.type_name())
        assert found
        context = EventContext(event_id, self.clock.now(), event.producer, f"trace-{event_id}", self.clock)
        with tracing(context.trace), self.platform.database.transaction() as session:
            found[1](session, type(event).model_validate(event.model_dump(mode="json")), context)
        return event_id

    def messages(self) -> list[Message]:
        """Every message, oldest first."""
        with self.platform.database.reading() as session:
            return list(session.scalars(select(Message).order_by(Message.created_at, Message.id)))

    def message(self) -> Message:
        """The only message."""
        (found,) = self.messages()
        return found

    def told(self) -> list[OutboxRow]:
        """The events that notify has emitted."""
        with self.platform.database.reading() as session:
            return list(session.scalars(select(OutboxRow)))

    def sender(self, server: Server) -> Sender:
        """A sender to that mail server."""
        return Sender(self.platform, server)

    def send(self, server: Server) -> None:
        """Let a new sender do all that is due now, what another one lost included."""
        with self.platform.database.transaction() as session:
            take_over_lost(session, self.clock, safe_to_repeat=server.safe_to_repeat)
        sender = self.sender(server)
        while sender.step():
            pass

    def sealed_welcome(self, customer: CustomerCard = CUSTOMER) -> CustomerRegistered:
        """A customer registered, with a password that can be opened."""
        secret = seal(
            self.platform.sealing_key, "kT7-pQ2m-Xw9", "one-time-password", self.clock.now() + LINK_LIFE
        )
        return CustomerRegistered(customer=customer, username=customer.crf, password=secret)

    def sealed_link(self, branch: BranchCard | None = BRANCH) -> PasswordLinkIssued:
        """An invitation, with a token that can be opened."""
        secret = seal(self.platform.sealing_key, "tok/en+1", "password-link", self.clock.now() + LINK_LIFE)
        sample = cast(PasswordLinkIssued, SAMPLES[PasswordLinkIssued])
        return sample.model_copy(
            update={"link_token": secret, "branch": branch, "customer": CUSTOMER if branch else None}
        )


def payment(customer: CustomerCard = CUSTOMER, **changes: Any) -> PaymentMade:
    """A payment of that customer."""
    sample = cast(PaymentMade, SAMPLES[PaymentMade])
    return sample.model_copy(update={"customer": customer, **changes})


def dues(customer: CustomerCard = CUSTOMER) -> DuesOutstanding:
    """Dues of that customer."""
    return cast(DuesOutstanding, SAMPLES[DuesOutstanding]).model_copy(update={"customer": customer})


def named(name: str = "Asha Rao", **changes: Any) -> CustomerCard:
    """Another customer."""
    return CUSTOMER.model_copy(update={"id": uuid4(), "name": name, **changes})


def staff(role: Role = Role.SUPPORT, *branches: UUID) -> Actor:
    """Somebody who works in those branches."""
    return Actor(subject="staff:1", name="Ravi Kumar", role=role, branch_ids=frozenset(branches))


ADMIN = Actor(subject="staff:0", name="Admin", role=Role.ADMIN, branch_ids=None)
SAMPLE_OF_TEMPLATE = {letter.template: SAMPLES[letter.event] for letter in LETTERS.values()}
