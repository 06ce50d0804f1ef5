"""The index of the settings, and the languages; importing this module puts every page of the area on the blueprint."""

from flask import render_template

from contracts.calls.customers import ListBranches
from gateway.pages.languages import RIGHT_TO_LEFT
from gateway.pages.places import require_any, settings_sections
from gateway.pages.settings import audit, branches, letters, mail, plans, sign_in, staff
from gateway.pages.settings.area import pages
from gateway.rpc import ask

__all__ = ["audit", "branches", "letters", "mail", "pages", "plans", "sign_in", "staff"]


@pages.get("")
def index() -> str:
    """What can be set, for who is signed in."""
    require_any(settings_sections())
    return render_template("settings/index.html", sections=settings_sections())


@pages.get("/languages")
def shown_languages() -> str:
    """The languages there are, and which one each branch begins with."""
    require_any(settings_sections())
    return render_template(
        "settings/languages.html", branches=ask(ListBranches()).items, right_to_left=RIGHT_TO_LEFT
    )
