"""Starting: the key of the cookies, probes, and the application that gunicorn makes."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from chassis.health import Health
from chassis.keys import COOKIES
from chassis.settings import Settings, WrongSetting
from gateway.app import create_app
from gateway.secret_key import cookie_key
from tests.unit.gateway.conftest import ScriptedClient


def test_the_key_stays_the_same_and_is_for_us_alone(tmp_path: Path) -> None:
    key = cookie_key(tmp_path / "keys")
    assert len(key) >= 32
    assert cookie_key(tmp_path / "keys") == key
    assert stat.S_IMODE((tmp_path / "keys" / COOKIES).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [COOKIES]


def test_processes_that_start_together_take_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: cookie_key(tmp_path / "keys"), range(32)))
    assert len(keys) == 1


def test_a_key_that_is_too_short_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / COOKIES).write_text("abc")
    with pytest.raises(WrongSetting, match="shorter than 32"):
        cookie_key(tmp_path)


def test_a_folder_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WrongSetting, match="HEADEND_KEYS"):
        cookie_key(tmp_path / "file")


def test_a_session_survives_a_restart(make_app: Callable[..., Flask]) -> None:
    first, second = make_app(), make_app()
    assert first.secret_key == second.secret_key


def test_ready_names_what_is_away_and_no_more(bus: ScriptedClient, tmp_path: Path) -> None:
    health = Health()
    health.add_ready("bus", lambda: "amqp://user:password@host is away")
    web = create_app(bus, Settings(home=tmp_path), health).test_client()
    answer = web.get("/health/ready")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "failing", "problems": ["bus"]})
    assert web.get("/health/live").status_code == 200


def test_requests_are_counted_by_route(make_app: Callable[..., Flask]) -> None:
    web = make_app().test_client()
    web.get("/api/v1/customers/00000000-0000-0000-0000-000000000007")
    assert 'route="/api/v1/customers/<uuid:customer_id>"' in web.get("/metrics").text
