"""What runs by itself: the senders, the keeping of their leases, and tidying up."""

from chassis.jobs import Job
from chassis.platform import Platform
from notify.sender_pool import SENDERS, pool_of, sending, signal_of
from notify.usecases.claim_messages import LEASE
from notify.usecases.tidy import forget_attachments, forget_secrets


def keep_leases(platform: Platform) -> bool:
    """So that only a dead sender loses its messages, and soon."""
    pool_of(platform).keep_leases()
    return False


def tidy(platform: Platform) -> bool:
    """Forget expired secrets and old attachments."""
    with platform.database.transaction() as session:
        secrets = forget_secrets(session, platform.clock)
    with platform.database.transaction() as session:
        attachments = forget_attachments(session, platform.clock)
    return secrets or attachments


JOBS = (
    *(
        Job(f"sender-{number}", every=1.0, run=sending(number), signal=signal_of(number))
        for number in range(SENDERS)
    ),
    Job("mail-leases", every=LEASE.total_seconds() / 4, run=keep_leases),
    Job("mail-tidy", every=3600.0, run=tidy),
)
