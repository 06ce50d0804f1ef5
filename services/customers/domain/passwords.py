"""Which passwords are taken (TRUST, check 25; the common ones are refused, and so is the own name)."""

import unicodedata
from collections.abc import Collection, Iterable

from customers.domain.sign_in_refusals import PasswordTooWeak

SHORTEST = 10
LONGEST = 200
_FEWEST_CHARACTERS = 5
_SHORTEST_NAME = 3
_LOOKALIKES = str.maketrans("@$!013457", "asioleast")


def check_password(
    password: str, about: Iterable[str], common: Collection[str], *, field: str = "password"
) -> None:
    """Raises PasswordTooWeak, which says what to do, for a password that guessing finds soon.

    `about` are the person's username and CRF number; `common` the lower-case passwords that people choose most.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    if len(password) < SHORTEST:
        raise PasswordTooWeak(f"Choose a password of at least {SHORTEST} characters.", field=field)
    if len(password) > LONGEST:
        raise PasswordTooWeak(f"Choose a password of at most {LONGEST} characters.", field=field)
    if len(set(folded)) < _FEWEST_CHARACTERS:
        raise PasswordTooWeak(
            f"Choose a password with at least {_FEWEST_CHARACTERS} different characters.", field=field
        )
    for name in about:
        if len(name) >= _SHORTEST_NAME and name.casefold() in folded:
            raise PasswordTooWeak("Choose a password without your username or CRF number in it.", field=field)
    if any(form in common for form in _forms(folded)):
        raise PasswordTooWeak(
            "This password is one of the first that are guessed; choose another one.", field=field
        )


def _forms(folded: str) -> set[str]:
    """The password itself, without the digits and signs around it, and with the letters that its digits stand for."""
    bare = folded.strip("0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ")
    spoken = folded.translate(_LOOKALIKES)
    return {form for form in (folded, bare, spoken, bare.translate(_LOOKALIKES)) if form}
