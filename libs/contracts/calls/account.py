"""Calls of the customers service about one's own account: a forgotten password, a new e-mail address."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.calls import Call, Done
from contracts.calls.customers import CustomerView
from contracts.fields import Password

SERVICE = "customers"

TypedName = Annotated[str, Field(max_length=200)]
"""A username or a CRF number, as somebody types it."""
Address = Annotated[str, Field(max_length=100)]
"""The caller's network address, for throttling."""


class RequestPasswordCode(Call[Done]):
    """Mail a code that sets a new password. Open to everybody, and answered alike whether the name is known or not.

    Throttled per name and per address. Raises Throttled.
    """

    username: TypedName
    address: Address = ""


class SetPasswordByCode(Call[Done]):
    """Set a password with the code from an e-mail; every session of the person ends. Open to everybody.

    Raises CodeRefused (wrong, used, too old, tried too often, unknown name: nobody is told which), PasswordTooWeak,
    Throttled.
    """

    username: TypedName
    code: Annotated[str, Field(max_length=20)]
    password: Password
    address: Address = ""


class ConfirmEmail(Call[Done]):
    """Write to the new e-mail address from now on, with the token of the link that was sent there. Open to everybody.

    Raises LinkExpired.
    """

    link_token: Annotated[str, Field(max_length=200)]


class WithdrawEmailChange(Call[CustomerView]):
    """Stay with the e-mail address as it is; the link that was sent to the new one is worthless."""

    customer_id: UUID


class ResendEmailLink(Call[CustomerView]):
    """Send a new link to the e-mail address that waits for confirmation; the one before is worthless.

    Raises NoEmailChange, TooManyEmailLinks.
    """

    customer_id: UUID
