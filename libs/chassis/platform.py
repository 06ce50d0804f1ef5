"""What a running service holds: settings, clock, database, keys, client, and the signals that wake its loops."""

import threading
from collections import defaultdict
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.actor_tokens import ActorSigner, ActorVerifier
from chassis.clock import Clock, SystemClock
from chassis.database import Database
from chassis.field_keys import FieldKeys
from chassis.keys import KeyFolder
from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from contracts.actor import service_actor


class Platform:
    """One service's surroundings, made once per process and service."""

    def __init__(
        self, service: str, settings: Settings, client: RpcClient, *, clock: Clock | None = None
    ) -> None:
        self.service, self.settings, self.client = service, settings, client
        self.clock = clock or SystemClock(settings.today)
        self.keys = KeyFolder(settings.keys_folder)
        self.database = Database(settings.database_url(service), pool_size=settings.pool_size)
        self.verifier = ActorVerifier(self.keys, self.clock)
        self.stopping = threading.Event()
        self._signals: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self.database.on_commit(self._wake)

    def signal(self, name: str) -> threading.Event:
        """The event that a loop waits for; set when a unit of work that named it has committed."""
        return self._signals[name]

    def stop(self) -> None:
        """Let every loop end after what it has in hand."""
        self.stopping.set()
        for event in list(self._signals.values()):
            event.set()

    @cached_property
    def signer(self) -> ActorSigner:
        """Signs actors in this service's name."""
        return ActorSigner(self.keys, self.service, self.clock)

    @cached_property
    def sealing_key(self) -> AESGCM:
        """Opens and makes sealed secrets; only customers and notify are given this key."""
        return self.keys.sealing()

    @cached_property
    def field_keys(self) -> FieldKeys:
        """Encrypts personal fields and secrets at rest; only customers is given these keys."""
        return self.keys.field_keys(self.clock)

    def own_token(self) -> str:
        """An actor token of this service itself, for calls that it makes by itself."""
        return self.signer.sign(service_actor(self.service))

    def _wake(self, signals: frozenset[str]) -> None:
        for name in signals:
            self._signals[name].set()
