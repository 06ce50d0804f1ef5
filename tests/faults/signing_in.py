"""People who sign in, forget their password and set a new one: each step is taken by whichever replica is free."""

import uuid

from tests.faults.house import House
from tests.faults.load import PATIENCE
from tests.faults.trial import Trial
from tests.stack.api import Api
from tests.stack.embedded import PASSWORD
from tests.stack.people import OWN_PASSWORD, from_mail

_NEW_PASSWORD = "winter-Sun-under-4"


def staff_sign_in(trial: Trial, house: House, times: int) -> None:
    """A session opened at one replica opens doors at all of them, and none after its end."""
    for _ in range(times):
        api = Api(house.real.address, _session(house, "admin", PASSWORD))
        for path in ("/me", "/plans", "/messages", "/reports"):
            answer = api.stubbornly("GET", path, seconds=PATIENCE)
            trial.demand(answer.is_success, f"A new session was answered {answer.status_code} at {path}")
        api.stubbornly("DELETE", "/sessions/current", seconds=PATIENCE)
        again = Api(house.real.address, api.token).stubbornly("GET", "/me", seconds=PATIENCE)
        trial.findings.same("A session after its end", again.status_code, 401)
        trial.figures.tried += 1


def customer_forgets_password(trial: Trial, house: House) -> None:
    """The mailed one-time password and the mailed code work when they come, and each once."""
    anybody, email = Api(house.real.address), f"{uuid.uuid4().hex[:12]}@example.com"
    body = {"name": "Forgetful Person", "email": email}
    customer = house.api.stubbornly("POST", "/customers", json=body, seconds=PATIENCE).json()
    username = customer["username"]
    once = Api(
        house.real.address, _session(house, username, _mailed(house, email, r"One-time password: (\S+)"))
    )
    change = {"current_password": "used up already", "password": OWN_PASSWORD}
    changed = once.stubbornly("POST", "/me/password", json=change, seconds=PATIENCE)
    trial.demand(changed.is_success, f"The one-time password was answered {changed.text[:200]}")
    anybody.stubbornly("POST", "/password-resets", json={"username": username}, seconds=PATIENCE)
    code = _mailed(house, email, r"This is the code:\s+(\S+)")
    reset = {"username": username, "code": code, "password": _NEW_PASSWORD}
    first = anybody.stubbornly("POST", "/password-resets/code", json=reset, seconds=PATIENCE)
    trial.demand(first.is_success, f"A code of this minute was answered {first.text[:200]}")
    second = anybody.stubbornly("POST", "/password-resets/code", json=reset, seconds=PATIENCE)
    trial.demand(400 <= second.status_code < 500, f"A used code was answered {second.status_code}")
    _session(house, username, _NEW_PASSWORD)
    trial.figures.tried += 1


def _session(house: House, username: str, password: str) -> str:
    """The token of a new session. Raises AssertionError when the password opens none."""
    who = {"username": username, "password": password}
    opened = Api(house.real.address).stubbornly("POST", "/sessions", json=who, seconds=PATIENCE)
    assert opened.is_success, opened.text
    return str(opened.json()["token"])


def _mailed(house: House, email: str, pattern: str) -> str:
    return from_mail(house.post_office.mails, email, pattern)
