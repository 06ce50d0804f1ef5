"""What all faults stand on: a PostgreSQL and a RabbitMQ of their own on volumes of limited size, and houses on them."""

import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from contracts.topology import SERVICES
from tests.faults.house import House, Servers, open_house
from tests.faults.trial import NotHere
from tests.real_servers.servers import PrivatePostgres, PrivateRabbit, private_postgres, private_rabbitmq


class Volume:
    """A disk of limited size, in memory, that can be filled and freed."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self._ballast = folder, folder / "ballast"
        folder.mkdir(parents=True)
        self.limited = False
        if os.geteuid() == 0:
            size = f"size={megabytes}m,mode=755"
            mounted = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", size, "headend", str(folder)], check=False
            )
            self.limited = mounted.returncode == 0

    def fill(self) -> None:
        """Leave not one byte free. Raises NotHere where the volume is a plain folder."""
        if not self.limited:
            raise NotHere("mounting a small volume needs root")
        with suppress(OSError), self._ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 20))
        with suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(512))

    def free(self) -> None:
        """Give the space back."""
        self._ballast.unlink(missing_ok=True)

    def remove(self) -> None:
        """Unmount it; what was on it is gone."""
        if self.limited:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)


class Grounds:
    """Servers and houses, made when first asked for; a context manager that ends and removes everything."""

    def __init__(self, seed: int, *, long: bool) -> None:
        self.seed, self.long = seed, long
        self._stack, self._house_stack = ExitStack(), ExitStack()
        self._house: House | None = None
        self._count = 0
        self.folder = Path(tempfile.mkdtemp(prefix="headend-faults-"))
        self.folder.chmod(0o755)

    def __enter__(self) -> "Grounds":
        return self

    def __exit__(self, *_: object) -> None:
        self.leave_house()
        self._stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def database_volume(self) -> Volume:
        """Where PostgreSQL keeps everything."""
        return self._volume("databases", 900)

    @cached_property
    def home_volume(self) -> Volume:
        """Where the processes' homes, logs and temporary files lie."""
        return self._volume("homes", 300)

    @cached_property
    def postgres(self) -> PrivatePostgres:
        """The database server. Raises ServerMissing."""
        within = self.database_volume.folder
        return self._stack.enter_context(private_postgres(durable=True, within=within))

    @cached_property
    def rabbit(self) -> PrivateRabbit:
        """The broker. Raises ServerMissing."""
        return self._stack.enter_context(private_rabbitmq())

    def house(self) -> House:
        """The house that faults share."""
        if self._house is None:
            self._house = self.open_house(self._house_stack)
        return self._house

    def leave_house(self) -> None:
        """End the shared house: the next fault gets a new one."""
        self._house = None
        self._house_stack.close()

    def open_house(self, stack: ExitStack, **settings: Any) -> House:
        """A house of its own on the same servers, until the stack closes."""
        self._count += 1
        urls = stack.enter_context(self.postgres.databases(*SERVICES))
        uri = stack.enter_context(self.rabbit.vhost())
        servers = Servers(self.postgres, self.rabbit, urls, uri)
        home = self.home_volume.folder / f"house-{self._count}"
        pace = {} if self.long else {"hurry": "100"}
        return stack.enter_context(open_house(home, servers, self.seed, **{**pace, **settings}))

    def _volume(self, name: str, megabytes: int) -> Volume:
        volume = Volume(self.folder / name, megabytes)
        self._stack.callback(volume.remove)
        return volume
