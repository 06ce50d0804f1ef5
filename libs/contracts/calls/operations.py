"""A call that every service answers about itself: what is stuck. It is addressed: the caller names the service."""

from datetime import datetime
from uuid import UUID

from contracts.calls import Call, View


class ParkedEvent(View):
    """An event whose reaction failed too often; `headend events retry` tries it again."""

    id: UUID
    type: str
    producer: str
    occurred_at: datetime
    problem: str


class TroubledJob(View):
    """A job that failed, or that stopped in its midst and that nobody has taken over."""

    job: str
    of: str
    """The day, branch or thing that it was for."""
    state: str
    attempts: int
    problem: str
    since: datetime


class OperationsView(View):
    """What is stuck in one service. Counts end at 10,000; of parked events and jobs the newest are listed."""

    parked: int
    parked_events: tuple[ParkedEvent, ...]
    unsent: int
    """Events not yet confirmed by the bus."""
    pending: int
    """Events received that wait for their reaction."""
    jobs: tuple[TroubledJob, ...]


class GetOperations(Call[OperationsView]):
    """What is stuck in the service asked. Raises Forbidden for all but the operator admin."""
