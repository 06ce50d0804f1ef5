"""What customers does by the calendar."""

from chassis.idempotency import forget_old
from chassis.jobs import Job, claim, finish
from chassis.platform import Platform
from customers.sealed import reseal, seal_plain
from customers.usecases.purge_sign_in import purge_sign_in

PURGE = "purge-sign-in"
_LOOK_EVERY = 900.0


def purge(platform: Platform) -> bool:
    """Once a day, on one replica: forget sessions, links and tries that open nothing any more."""
    held = claim(platform, PURGE, platform.clock.now().date().isoformat())
    if held is not None:
        with platform.database.transaction() as session:
            purge_sign_in(session, platform.clock)
            forget_old(session, platform.clock)
            finish(session, held, platform)
    return False


JOBS = (
    Job(PURGE, _LOOK_EVERY, purge),
    Job("seal-plain", 60.0, seal_plain),
    Job("reseal", 300.0, reseal),
)
