"""The doors for what people do about their own account (contracts/calls/account.py)."""

from chassis.off_the_loop import off_the_loop
from chassis.service import Service, call
from contracts.actor import Actor
from contracts.calls import Done
from contracts.calls import account as calls
from contracts.calls.allowances import Allowance, TakeAllowance
from contracts.calls.customers import CustomerView
from customers.domain.throttling import address_key
from customers.hashing import hash_password
from customers.usecases.confirm_email import confirm_email
from customers.usecases.issue_password_code import PURPOSE, Keys, issue_password_code
from customers.usecases.request_email_change import resend_email_link
from customers.usecases.set_password_by_code import (
    refuse_weak_password,
    require_right,
    set_password_by_code,
    try_code,
)
from customers.usecases.take_allowance import take_allowance
from customers.usecases.withdraw_email_change import withdraw_email_change


class AccountDoors(Service):
    """A forgotten password, a new e-mail address."""

    @call
    def take_allowance(self, request: TakeAllowance) -> Allowance:
        """Some requests for an address from which nobody is signed in."""
        key = address_key(request.address, "requests:")
        with self.transaction() as session:
            return take_allowance(session, key, self.settings.requests_per_minute, self.clock)

    @call
    def request_password_code(self, request: calls.RequestPasswordCode) -> Done:
        """Mail a code that sets a new password."""
        keys = Keys(self.platform.sealing_key, self.platform.keys.derived(PURPOSE))
        with self.transaction() as session:
            return issue_password_code(session, request, keys, self.clock)

    @call
    def confirm_email(self, request: calls.ConfirmEmail) -> Done:
        """Write to the new e-mail address from now on."""
        with self.transaction() as session:
            return confirm_email(session, request, self.clock)

    @call
    def withdraw_email_change(self, request: calls.WithdrawEmailChange, actor: Actor) -> CustomerView:
        """Stay with the e-mail address as it is."""
        with self.transaction() as session:
            return withdraw_email_change(session, request, actor, self.clock)

    @call
    def resend_email_link(self, request: calls.ResendEmailLink, actor: Actor) -> CustomerView:
        """Send a new link to the address that waits for confirmation."""
        with self.transaction() as session:
            return resend_email_link(session, request, actor, self.clock, self.platform.sealing_key)

    @call
    def set_password_by_code(self, request: calls.SetPasswordByCode) -> Done:
        """Set a password with a mailed code."""
        off_the_loop(refuse_weak_password, request)
        with self.transaction() as session:
            tried = try_code(session, request, self.platform.keys.derived(PURPOSE), self.clock)
        right = require_right(tried, request)
        password_hash = off_the_loop(hash_password, request.password)
        with self.transaction() as session:
            return set_password_by_code(session, right, request, password_hash, self.clock)
