"""Embedded Headend: `headend run` in a folder of its own."""

from pathlib import Path
from types import TracebackType

import httpx

from tests.ports import free_port
from tests.stack.api import Api
from tests.stack.mail import Mail, mails_in
from tests.stack.processes import Process, clean_environment, wait_until

PASSWORD = "rehearsal-Quince-71"


class Embedded:
    """One process with everything in it. A context manager that starts and ends it."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home, self.port = home, free_port()
        home.mkdir(parents=True, exist_ok=True)
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = clean_environment(
            **{"home": str(home), "port": str(self.port), "admin_password": PASSWORD, "sample": "off",
               "schedule": "off", **settings}
        )  # fmt: skip
        self.process = Process("headend", ["run"], self.environment, home / "output.txt")

    def __enter__(self) -> "Embedded":
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.process.kill()

    def start(self) -> None:
        """Start and wait until it answers."""
        self.process.start()
        try:
            wait_until("headend run answers", self._answers, 60)
        except BaseException:
            self.process.kill()
            raise

    def admin(self) -> Api:
        """The administrator, signed in."""
        return Api(self.address).sign_in("admin", PASSWORD)

    def mails(self) -> list[Mail]:
        """The mails written so far."""
        return mails_in(self.home / "mail")

    def _answers(self) -> bool:
        assert self.process.running, self.process.log()[-3000:]
        try:
            return httpx.get(f"{self.address}/health/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False
