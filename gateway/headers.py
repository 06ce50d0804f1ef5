"""Headers that every answer carries (TRUST, check 10)."""

from flask import Flask, Response, request

from chassis.settings import Profile, Settings

_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'", "style-src 'self'", "img-src 'self'{images}", "script-src 'self'", "font-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip

_FRAMES = {"reminder_pages.preview": "frame-src 'self'"}
"""Pages that show a document of ours in a frame."""
_FRAMED = {
    "reminder_pages.mail": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox"
}
"""Documents for these frames: a mail has its style on its elements; it can run nothing, load nothing, lead nowhere."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that browsers send `Origin: null`, and the check of forms has nothing to look at.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def is_secure(settings: Settings) -> bool:
    """Whether browsers come by https, so that cookies are Secure and HSTS is sent."""
    https = settings.links_to.lower().startswith("https://")
    return https or settings.secure_cookies or settings.profile is Profile.PRODUCTION


def install(app: Flask, settings: Settings) -> None:
    """Add the headers to every answer, errors and downloads among them."""

    secure = is_secure(settings)

    @app.after_request
    def add_headers(response: Response) -> Response:
        # Swagger UI draws its icons from data: URLs in its style sheet; no other page needs them.
        images = " data:" if request.endpoint == "docs.page" else ""
        response.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY.format(images=images)
        for name, value in _ALWAYS.items():
            response.headers[name] = value
        _allow_frames(response)
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint not in ("static", "docs.static"):
            response.headers["Cache-Control"] = "no-store"
        return response


def _allow_frames(response: Response) -> None:
    """The few exceptions for documents of ours in frames of ours."""
    if request.endpoint in _FRAMES:
        response.headers["Content-Security-Policy"] += f"; {_FRAMES[request.endpoint]}"
    elif request.endpoint in _FRAMED and response.status_code == 200:
        response.headers["Content-Security-Policy"] = _FRAMED[request.endpoint]
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
