"""The simulated payment provider: a page that takes the place of a bank, for trying out and for tests."""

from flask import Flask

from chassis.keys import KeyFolder
from chassis.settings import Settings

SECRET = "headend.simulated_provider"  # noqa: S105 - where the secret is kept, no secret
"""Where the application keeps what it shares with billing; None where the provider is not set up."""


def install(app: Flask, settings: Settings) -> None:
    """Read the secret when the setting asks for the simulated provider, which production refuses.

    Raises WrongSetting.
    """
    simulated = settings.payment_provider == "simulated"
    app.extensions[SECRET] = KeyFolder(settings.keys_folder).simulated_provider() if simulated else None
