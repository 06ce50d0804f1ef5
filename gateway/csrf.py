"""Forms are taken from our own pages only (TRUST, check 9). The API knows no cookies, so there is none to borrow."""

from urllib.parse import urlsplit

from flask import Flask, request
from flask_babel import gettext
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

from chassis.settings import Settings
from contracts.errors import Forbidden
from gateway.auth import is_api_request

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignForm(Forbidden):
    """The form came from elsewhere, or lay open for too long; said in the page's language, as only pages have forms."""

    code = "foreign_form"


def install(app: Flask, settings: Settings) -> None:
    """Check every form, whatever page it is for."""
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=8 * 3600,
        # The Origin is checked below; the Referer is missing for people whose browser hides it.
        WTF_CSRF_SSL_STRICT=False,
    )
    protection = CSRFProtect(app)
    public_host = urlsplit(settings.links_to).netloc.lower()

    @app.before_request
    def check_form() -> None:
        if is_api_request() or request.method in SAFE_METHODS or request.endpoint is None:
            return
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc.lower() not in (request.host.lower(), public_host):
            raise ForeignForm(
                gettext("This form was sent from another site. Open the page here and send it again.")
            )
        try:
            protection.protect()
        except CSRFError:
            raise ForeignForm(
                gettext(
                    "This page was open for too long. Go back, load it again and send the form once more."
                )
            ) from None
