"""Headers that every answer carries (TRUST, check 10)."""

from flask import Flask, Response, request

from chassis.settings import Profile, Settings

_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'", "style-src 'self'", "img-src 'self'{images}", "script-src 'self'", "font-src 'self'",
        "connect-src 'self'", "frame-src {frames}", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip

_OF_PREVIEWS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
"""An e-mail has its style in itself, and nothing else: no script, no image, no form, and no origin."""
_WITH_FRAME = frozenset({"settings_pages.letter", "reminder_pages.preview"})
_PREVIEWS = frozenset({"settings_pages.preview_letter", "reminder_pages.mail"})
"""Pages that show a preview in a frame, and the previews."""
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
        frames = "'self'" if request.endpoint in _WITH_FRAME else "'none'"
        policy = _CONTENT_SECURITY_POLICY.format(images=images, frames=frames)
        for name, value in _ALWAYS.items():
            response.headers[name] = value
        if request.endpoint in _PREVIEWS:
            policy, response.headers["X-Frame-Options"] = _OF_PREVIEWS, "SAMEORIGIN"
        response.headers["Content-Security-Policy"] = policy
        if secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint not in ("static", "docs.static"):
            response.headers["Cache-Control"] = "no-store"
        return response
