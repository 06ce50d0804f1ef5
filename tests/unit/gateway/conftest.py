"""The gateway with a client that answers from a list instead of from the bus."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel

from chassis.clock import SystemClock
from chassis.health import Health
from chassis.settings import Settings
from contracts.calls import Call, Done
from contracts.calls.customers import CheckSession, SignIn, SignOut
from contracts.calls.online_payments import GetOnlineOptions
from contracts.errors import Refusal, Unauthenticated, Unavailable
from gateway.app import create_app, equip
from tests.unit.gateway import answers

TOKEN = "good-token"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


class ScriptedClient:
    """Answers each kind of call as told, and remembers what was asked; a call that was not told about is away."""

    def __init__(self) -> None:
        self.asked: list[tuple[Call[Any], str]] = []
        self.rounds = 0
        """How often somebody waited for answers: calls sent together are one round."""
        self._script: dict[type, Any] = {}

    def tell(self, kind: type[Call[Any]], answer: Any) -> None:
        """What to answer: a model, a Refusal to raise, or a function of the request."""
        self._script[kind] = answer

    def call(self, request: Call[Any], *, actor_token: str = "", timeout: float | None = None) -> Any:
        self.rounds += 1
        return self._answer(request, actor_token)

    def _answer(self, request: Call[Any], actor_token: str) -> Any:
        self.asked.append((request, actor_token))
        answer = self._script.get(type(request), Unavailable("The service is away."))
        if callable(answer) and not isinstance(answer, BaseModel):
            answer = answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def call_together(self, requests: Sequence[Call[Any]], *, actor_token: str = "") -> list[Any]:
        self.rounds += 1
        return [self._answer(request, actor_token) for request in requests]

    def call_each(
        self,
        requests: Sequence[tuple[str, Call[Any]]],
        *,
        actor_token: str = "",
        timeout: float | None = None,
    ) -> list[Any]:
        self.rounds += 1
        found: list[Any] = []
        for _, request in requests:
            try:
                found.append(self._answer(request, actor_token))
            except Refusal as refusal:
                found.append(refusal)
        return found

    def last(self, kind: type[Call[Any]]) -> Any:
        """The last request of that kind."""
        return next(request for request, _ in reversed(self.asked) if isinstance(request, kind))

    def count(self, kind: type[Call[Any]]) -> int:
        return sum(isinstance(request, kind) for request, _ in self.asked)


def only_good_token(request: CheckSession) -> Any:
    return (
        answers.issued()
        if request.token == TOKEN
        else Unauthenticated("The session has expired; sign in again.")
    )


@pytest.fixture
def bus() -> ScriptedClient:
    client = ScriptedClient()
    client.tell(CheckSession, only_good_token)
    client.tell(SignOut, Done())
    client.tell(GetOnlineOptions, answers.online_options())
    client.tell(SignIn, answers.opened().model_copy(update={"token": TOKEN}))
    return client


@pytest.fixture
def make_app(bus: ScriptedClient, tmp_path: Path) -> Callable[..., Flask]:
    def make(**settings: Any) -> Flask:
        return create_app(bus, Settings(home=tmp_path, **settings))

    return make


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Settings, dict[str, Any]]:
    """The application, its settings and extensions: to make one takes longer than most tests."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    app = create_app(ScriptedClient(), settings)
    return app, settings, dict(app.extensions)


@pytest.fixture
def app(made_once: tuple[Flask, Settings, dict[str, Any]], bus: ScriptedClient) -> Flask:
    """The application as it is when it has just been made: it knows nobody yet."""
    app, settings, extensions = made_once
    app.extensions = dict(extensions)
    equip(app, bus, settings, Health(), SystemClock(settings.today))
    return app


@pytest.fixture
def web(app: Flask) -> FlaskClient:
    """A browser or program that is not signed in."""
    return app.test_client()


@pytest.fixture
def api(app: Flask) -> FlaskClient:
    """A program that is signed in."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = BEARER["Authorization"]
    return client
