"""A toy house on the real chassis: customers answers get_branch and emits BranchChanged; the others note what comes.

Containers need a patched process, so it is one of its own: python -m tests.integration.chassis.toy SERVICE...
"""

from chassis.green import patch_first

patch_first()

import os  # noqa: E402 - patched first
import sys  # noqa: E402 - patched first

import eventlet  # noqa: E402 - patched first
from sqlalchemy.orm import Session  # noqa: E402 - patched first

from chassis import logs  # noqa: E402 - patched first
from chassis.keys import KeyFolder  # noqa: E402 - patched first
from chassis.outbox import emit  # noqa: E402 - patched first
from chassis.platform import Platform  # noqa: E402 - patched first
from chassis.reactions import EventContext, Reactions  # noqa: E402 - patched first
from chassis.rpc_client import RpcClient  # noqa: E402 - patched first
from chassis.runner import Runner, help_memory_transport  # noqa: E402 - patched first
from chassis.service import Service, call  # noqa: E402 - patched first
from chassis.settings import load_settings  # noqa: E402 - patched first
from chassis.tables import ChassisBase, IdempotencyRow  # noqa: E402 - patched first
from contracts.actor import Actor  # noqa: E402 - patched first
from contracts.calls.customers import GetBranch  # noqa: E402 - patched first
from contracts.cards import BranchCard  # noqa: E402 - patched first
from contracts.events import BranchChanged, Event  # noqa: E402 - patched first
from contracts.topology import LISTENERS, SERVICES  # noqa: E402 - patched first


def note(session: Session, event: Event, context: EventContext) -> None:
    """Leave a row for each event; an event named CRASH takes the process down."""
    if isinstance(event, BranchChanged) and event.branch.name == "CRASH":
        os._exit(9)
    row = IdempotencyRow(scope="seen", key=str(context.event_id), fingerprint=event.type_name(), answer=None,
                         created_at=context.clock.now())  # fmt: skip
    session.add(row)


class CustomersToy(Service):
    """Answers and emits; sleeps first for as many seconds as HEADEND_TEST_SLOW says."""

    name = "customers"

    @call
    def get_branch(self, request: GetBranch, actor: Actor) -> BranchCard:
        """A made-up branch, and the event that it changed."""
        eventlet.sleep(float(os.environ.get("HEADEND_TEST_SLOW", "0")))
        name = os.environ.get("HEADEND_TEST_NAME", "Main")
        card = BranchCard(id=request.branch_id, version=1, code="MAIN", name=name, currency="INR",
                          time_zone="UTC", locale="en")  # fmt: skip
        with self.transaction() as session:
            emit(session, BranchChanged(branch=card), self.clock)
        return card


def listening(service: str) -> type[Service]:
    """A service that only notes its events."""
    reactions = Reactions(dict.fromkeys(LISTENERS[service], note))
    return type(f"{service.capitalize()}Toy", (Service,), {"name": service, "reactions": reactions})


def main(names: list[str]) -> int:
    """Run the named toys until a signal."""
    settings = load_settings()
    logs.configure("toy", settings.log_level)
    KeyFolder(settings.keys_folder).make_missing(SERVICES)
    help_memory_transport()
    client = RpcClient(settings.amqp_uri, name="toy")
    platforms = []
    for name in names:
        service = CustomersToy if name == "customers" else listening(name)
        platform = Platform(name, settings, client)
        ChassisBase.metadata.create_all(platform.database.engine)
        platforms.append((service, platform))
    runner = Runner(settings, platforms)
    runner.start()
    print("started", flush=True)
    return runner.run_until_stopped()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
