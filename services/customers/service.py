"""The doors of the customers service. Passwords are hashed between transactions, off the event loop."""

from chassis.off_the_loop import off_the_loop
from chassis.platform import Platform
from chassis.service import call
from contracts.actor import Actor
from contracts.calls import Done
from contracts.calls import customers as calls
from contracts.cards import BranchCard, CustomerCard
from customers import finding, queries
from customers.account_doors import AccountDoors
from customers.api_token_doors import ApiTokenDoors
from customers.complaint_doors import ComplaintDoors
from customers.domain.api_tokens import is_api_token
from customers.hashing import hash_password
from customers.history import get_customer_history
from customers.jobs import JOBS
from customers.reactions import REACTIONS
from customers.session_doors import SessionDoors
from customers.staff_doors import StaffDoors
from customers.usecases.add_branch import add_branch
from customers.usecases.add_customer import add_customer
from customers.usecases.add_staff import add_staff
from customers.usecases.change_branch import change_branch
from customers.usecases.change_customer import change_customer
from customers.usecases.change_own_password import change_own_password, find_own_password
from customers.usecases.change_staff import change_staff
from customers.usecases.check_api_token import check_api_token, touch_api_token
from customers.usecases.check_session import check_session, touch_session
from customers.usecases.deactivate_customer import deactivate_customer
from customers.usecases.erase_customer import erase_customer
from customers.usecases.invite_customer import invite_customer
from customers.usecases.restore_customer import restore_customer
from customers.usecases.set_password_by_link import check_link, set_password_by_link
from customers.usecases.sign_in import Proof, find_candidate, prove, sign_in
from customers.usecases.sign_out import sign_out
from customers.usecases.take_allowance import take_allowance


class CustomersService(AccountDoors, ApiTokenDoors, ComplaintDoors, SessionDoors, StaffDoors):
    """People and places: branches, staff, customers, sign-in. Every call is in contracts/calls/customers.py and
    in account.py, complaints.py and others beside it.
    """

    name = "customers"
    reactions = REACTIONS
    jobs = JOBS

    @classmethod
    def prepare(cls, platform: Platform) -> None:
        """The field keys must be there. Raises WrongSetting."""
        platform.field_keys.newest()

    # --- sign-in ---------------------------------------------------------------------------------------------
    @call
    def sign_in(self, request: calls.SignIn) -> calls.SessionOpened:
        """Open a session; the password is compared between two transactions."""
        with self.transaction() as session:
            candidate = find_candidate(session, request, self.clock)
        proof = off_the_loop(prove, candidate, request.password)
        with self.transaction() as session:
            return sign_in(session, candidate, proof, request, self.clock)

    @call
    def sign_out(self, request: calls.SignOut) -> Done:
        """Close a session."""
        with self.transaction() as session:
            return sign_out(session, request, self.clock)

    @call
    def check_session(self, request: calls.CheckSession) -> calls.ActorIssued:
        """Exchange a session's token, or an API token, for a signed actor."""
        is_program = is_api_token(request.token)
        check, touch = (check_api_token, touch_api_token) if is_program else (check_session, touch_session)
        with self.reading() as session:
            checked = check(session, request.token, self.clock)
        with self.transaction() as session:
            limit = self.settings.requests_per_minute
            allowance = take_allowance(session, checked.counted_as, limit, self.clock)
            if checked.is_due_for_touch:
                touch(session, checked.id, self.clock)
        token = self.platform.signer.sign(checked.actor)
        return calls.ActorIssued(actor_token=token, me=checked.me, allowance=allowance)

    @call
    def set_password_by_link(self, request: calls.SetPasswordByLink) -> Done:
        """Set a password with a one-time link."""
        with self.reading() as session:
            check_link(session, request, self.clock)
        password_hash = off_the_loop(hash_password, request.password)
        with self.transaction() as session:
            return set_password_by_link(session, request, password_hash, self.clock)

    @call
    def change_own_password(self, request: calls.ChangeOwnPassword, actor: Actor) -> calls.PasswordChanged:
        """Change the caller's password."""
        with self.transaction() as session:
            own = find_own_password(session, request, actor, self.clock)
        proof = Proof.ONE_TIME
        if own.candidate is not None:
            proof = off_the_loop(prove, own.candidate, request.current_password)
        password_hash = off_the_loop(hash_password, request.password)
        with self.transaction() as session:
            return change_own_password(session, own, proof, password_hash, self.clock)

    # --- branches --------------------------------------------------------------------------------------------
    @call
    def list_branches(self, request: calls.ListBranches, actor: Actor) -> calls.BranchList:
        """The branches that the actor sees."""
        with self.reading() as session:
            return queries.list_branches(session, actor)

    @call
    def get_branch(self, request: calls.GetBranch, actor: Actor) -> BranchCard:
        """One branch."""
        with self.reading() as session:
            return queries.get_branch(session, request.branch_id, actor)

    @call
    def add_branch(self, request: calls.AddBranch, actor: Actor) -> BranchCard:
        """Add a branch."""
        with self.transaction() as session:
            return add_branch(session, request, actor, self.clock)

    @call
    def change_branch(self, request: calls.ChangeBranch, actor: Actor) -> BranchCard:
        """Change a branch."""
        with self.transaction() as session:
            return change_branch(session, request, actor, self.clock)

    # --- staff -----------------------------------------------------------------------------------------------
    @call
    def list_staff(self, request: calls.ListStaff, actor: Actor) -> calls.StaffList:
        """The staff that the actor manages."""
        with self.reading() as session:
            return queries.list_staff(session, request, actor)

    @call
    def get_staff(self, request: calls.GetStaff, actor: Actor) -> calls.StaffView:
        """One member of staff."""
        with self.reading() as session:
            return queries.get_staff(session, request.staff_id, actor)

    @call
    def add_staff(self, request: calls.AddStaff, actor: Actor) -> calls.StaffView:
        """Add a member of staff."""
        with self.transaction() as session:
            return add_staff(session, request, actor, self.clock, self.platform.sealing_key)

    @call
    def change_staff(self, request: calls.ChangeStaff, actor: Actor) -> calls.StaffView:
        """Change a member of staff."""
        with self.transaction() as session:
            return change_staff(session, request, actor, self.clock, self.platform.sealing_key)

    # --- customers -------------------------------------------------------------------------------------------
    @call
    def list_customers(self, request: calls.ListCustomers, actor: Actor) -> calls.CustomerList:
        """Customers that the actor sees, searched and in pages."""
        with self.reading() as session:
            return finding.list_customers(session, request, actor)

    @call
    def get_customer(self, request: calls.GetCustomer, actor: Actor) -> calls.CustomerView:
        """One customer."""
        with self.reading() as session:
            return queries.get_customer(session, request.customer_id, actor, self.clock)

    @call
    def add_customer(self, request: calls.AddCustomer, actor: Actor) -> calls.CustomerView:
        """Add a customer."""
        with self.transaction() as session:
            return add_customer(
                session, request, actor, self.clock, self.platform.sealing_key, self.platform.field_keys
            )

    @call
    def change_customer(self, request: calls.ChangeCustomer, actor: Actor) -> calls.CustomerView:
        """Change a customer."""
        with self.transaction() as session:
            return change_customer(
                session, request, actor, self.clock, self.platform.sealing_key, self.platform.field_keys
            )

    @call
    def deactivate_customer(self, request: calls.DeactivateCustomer, actor: Actor) -> calls.CustomerView:
        """Stop serving a customer."""
        with self.transaction() as session:
            return deactivate_customer(session, request, actor, self.clock)

    @call
    def restore_customer(self, request: calls.RestoreCustomer, actor: Actor) -> calls.CustomerView:
        """Serve a customer again."""
        with self.transaction() as session:
            return restore_customer(session, request, actor, self.clock)

    @call
    def erase_customer(self, request: calls.EraseCustomer, actor: Actor) -> calls.CustomerView:
        """Remove a customer's personal data."""
        with self.transaction() as session:
            return erase_customer(session, request, actor, self.clock)

    @call
    def get_customer_history(self, request: calls.GetCustomerHistory, actor: Actor) -> calls.CustomerHistory:
        """What happened to a customer's record."""
        with self.reading() as session:
            return get_customer_history(session, request, actor)

    @call
    def invite_customer(self, request: calls.InviteCustomer, actor: Actor) -> Done:
        """Mail a one-time link to a customer."""
        with self.transaction() as session:
            return invite_customer(session, request, actor, self.clock, self.platform.sealing_key)

    # --- for other services ----------------------------------------------------------------------------------
    @call
    def get_customer_card(self, request: calls.GetCustomerCard, actor: Actor) -> CustomerCard:
        """A customer's card, for a service that has not seen its event yet."""
        with self.reading() as session:
            return queries.get_customer_card(session, request.customer_id, actor)

    @call
    def get_branch_card(self, request: calls.GetBranchCard, actor: Actor) -> BranchCard:
        """A branch's card, for a service that has not seen its event yet."""
        with self.reading() as session:
            return queries.get_branch_card(session, request.branch_id, actor)
