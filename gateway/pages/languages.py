"""The languages of the pages: which one a reader gets, and its texts.

Texts are marked by `_()` in templates and `gettext` in Python, written in English. `gateway/texts/<language>.po` has
the other five languages; `make texts` brings the files up to date with the pages. They are read when first needed, so
that there is nothing to compile and nothing that can be out of date.
"""

from io import BytesIO
from pathlib import Path
from threading import Lock

from babel import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, Response, current_app, g, redirect, request, session
from flask_babel import Babel, Domain, get_locale

from gateway.pages.answering import local_path

LANGUAGES = {
    "en": "English",
    "fr": "Français",
    "id": "Bahasa Indonesia",
    "pl": "Polski",
    "zh_Hant": "繁體中文",
    "fa": "فارسی",
}
"""Every language of the pages with its own name; the first one is what the pages are written in."""
RIGHT_TO_LEFT = frozenset({"fa"})
TEXTS = Path(__file__).parents[1] / "texts"
CHOSEN = "language"
"""Where the session keeps the language that somebody chose."""

pages = Blueprint("language", __name__)


class Texts(Domain):  # type: ignore[misc]  # flask_babel ships no types
    """The catalogs, read from their .po files."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._read: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """The catalog of this request's language."""
        return self.of(str(get_locale()))

    def of(self, language: str) -> NullTranslations:
        """The catalog of a language; English has none, as its texts are in the pages themselves."""
        with self._lock:
            if language not in self._read:
                self._read[language] = _read_catalog(language)
            return self._read[language]


def _read_catalog(language: str) -> NullTranslations:
    path = TEXTS / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def install(app: Flask) -> None:
    """Choose each page's language."""
    babel = Babel(app, default_locale=next(iter(LANGUAGES)), locale_selector=_language)
    babel.domain_instance = Texts()
    app.jinja_env.globals.update(language=language_tag, direction=_direction, languages=LANGUAGES)
    app.register_blueprint(pages)


@pages.post("/language")
def choose() -> Response:
    """Read on in another language; the choice stays in the cookie."""
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        session[CHOSEN] = wanted
    target = local_path(request.form.get("next"))
    return current_app.make_response(redirect(target, code=303))


def _language() -> str:
    """What the reader chose, else the language of who is signed in, else the browser's, else English."""
    if (chosen := session.get(CHOSEN)) in LANGUAGES:
        return str(chosen)
    caller = g.get("caller")
    wanted = (
        [caller.me.locale] if caller else [tag.replace("-", "_") for tag in request.accept_languages.values()]
    )
    return negotiate_locale(wanted, LANGUAGES, aliases=_ALIASES) or next(iter(LANGUAGES))


_ALIASES = {"zh": "zh_Hant", "zh_tw": "zh_Hant", "zh_hk": "zh_Hant", "zh_mo": "zh_Hant"}


def language_tag() -> str:
    """The page's language as HTML names it: zh-Hant."""
    return str(get_locale()).replace("_", "-")


def _direction() -> str:
    return "rtl" if str(get_locale()) in RIGHT_TO_LEFT else "ltr"
