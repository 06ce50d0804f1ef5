"""An authenticator app, as a test holds it: made of the secret that the API has shown."""

import base64
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.stack.api import Api

STEP = 30


class App:
    """Shows the codes of a secret by the machine's clock."""

    def __init__(self, secret: str) -> None:
        self._codes = TOTP(base64.b32decode(secret + "=" * (-len(secret) % 8)), 6, SHA1(), STEP)

    def code(self, steps: int = 0) -> str:
        """The code of now, or of so many steps later."""
        return self._codes.generate(int(time.time()) + steps * STEP).decode()

    def wrong_codes(self, count: int) -> list[str]:
        """Codes that none of the steps near now has."""
        near = {self.code(steps) for steps in range(-3, 8)}
        every = (f"{number:06d}" for number in range(count + len(near)))
        return [code for code in every if code not in near][:count]


def turn_on(caller: Api, password: str) -> tuple[Api, App, list[str]]:
    """The caller under their new token, with two-step sign-in on; their app, and recovery codes."""
    app = App(caller.ok("POST", "/me/two-step", json={"password": password})["secret"])
    confirmed = caller.ok("POST", "/me/two-step/confirmation", json={"code": app.code()})
    return Api(caller.address, confirmed["token"]), app, confirmed["codes"]


def half(address: str, username: str, password: str) -> str:
    """The token of a sign-in that needs a code."""
    typed = {"username": username, "password": password}
    opened = Api(address).ok("POST", "/sessions", json=typed)
    assert opened["needs_code"]
    return str(opened["token"])
