"""The three forms of a scenario: embedded, real, and real under a nemesis."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from contracts.topology import SERVICES
from deploy.verify.databases import Databases
from tests.real_servers.servers import postgres_server, private_rabbitmq, rabbitmq_server
from tests.scenarios.nemesis import Nemesis
from tests.stack.api import Api, BalancedApi
from tests.stack.embedded import PASSWORD, Embedded
from tests.stack.mail import Mail, Sink
from tests.stack.processes import Process
from tests.stack.real import Real

FORMS = ("embedded", "real", "nemesis")
SETTINGS = {"mail_per_minute": "100000", "log_level": "INFO"}


@dataclass
class Stage:
    """A running Headend, and all that may be seen of it from outside."""

    form: str
    api: Api
    databases: Databases
    environment: Mapping[str, str]
    """For the `headend` command."""
    mails: Callable[[], list[Mail]]
    processes: Callable[[], list[Process]]
    queue_lengths: Callable[[], Mapping[str, int]]
    nemesis: Nemesis | None = None

    def peak_memory(self) -> tuple[int, str]:
        """Bytes and name of the process that needed most."""
        living = [(process.peak_memory(), process.name) for process in self.processes()]
        return max([*living, self.nemesis.peak_memory if self.nemesis else (0, "")])


@contextmanager
def stage(form: str, home: Path, today: str, seed: int) -> Iterator[Stage]:
    """Start a form. Raises ServerMissing where there is no RabbitMQ or PostgreSQL for it."""
    opened = _embedded(home, today) if form == "embedded" else _real(form, home, today, seed)
    with opened as running:
        yield running


@contextmanager
def _embedded(home: Path, today: str) -> Iterator[Stage]:
    with Embedded(home, today=today, **SETTINGS) as headend:
        yield Stage(
            form="embedded", api=headend.admin(), databases=Databases.of_home(home), mails=headend.mails,
            environment=headend.environment, processes=lambda: [headend.process], queue_lengths=dict,
        )  # fmt: skip


@contextmanager
def _real(form: str, home: Path, today: str, seed: int) -> Iterator[Stage]:
    with ExitStack() as opened:
        private = opened.enter_context(private_rabbitmq()) if form == "nemesis" else None
        rabbit = private or opened.enter_context(rabbitmq_server())
        urls = opened.enter_context(opened.enter_context(postgres_server()).databases(*SERVICES))
        uri = opened.enter_context(rabbit.vhost())
        sink = opened.enter_context(Sink())
        copies = 2 if private else 1
        headend = opened.enter_context(
            Real(
                home,
                urls,
                uri,
                replicas=copies,
                gateways=copies,
                smtp_port=sink.port,
                today=today,
                **SETTINGS,
            )
        )
        processes = [*headend.processes, *headend.gateways]
        yield Stage(
            form=form, api=BalancedApi(headend.addresses).sign_in("admin", PASSWORD), databases=Databases(urls),
            mails=sink.mails, environment=headend.environment, processes=lambda: processes,
            queue_lengths=lambda: rabbit.queue_lengths(uri),
            nemesis=Nemesis(processes, private, seed) if private else None,
        )  # fmt: skip
