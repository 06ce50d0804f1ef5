"""Names that people sign in with."""

import re
import unicodedata
from collections.abc import Iterator

_NOT_IN_A_USERNAME = re.compile(r"[^A-Za-z0-9._@+-]+", re.ASCII)


def username_key(username: str) -> str:
    """The username as it is compared: Anna, ANNA and full-width Ａｎｎａ are one."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def usernames_for(crf: str) -> Iterator[str]:
    """Usernames for a customer who was not given one, best first: the CRF number, then with a number behind."""
    name = _NOT_IN_A_USERNAME.sub("-", crf.casefold())
    if len(name) < 2 or not name[0].isalnum():
        name = f"c{name}"
    yield name
    for number in range(2, 1000):
        yield f"{name}-{number}"
