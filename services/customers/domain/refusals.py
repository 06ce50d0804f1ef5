"""What this service refuses, one class per fact."""

from contracts.errors import Conflict, Invalid, RuleBroken, Throttled


class BranchCodeTaken(RuleBroken):
    """Another branch has this code."""

    code = "branch_code_taken"


class UnknownTimeZone(RuleBroken):
    """No time zone of that name is known."""

    code = "unknown_time_zone"


class UnknownCurrency(RuleBroken):
    """ISO 4217 has no such currency."""

    code = "unknown_currency"


class UnknownLocale(RuleBroken):
    """Headend does not speak this language."""

    code = "unknown_locale"


class NegativeMinimum(RuleBroken):
    """A minimum payment is zero or more."""

    code = "negative_minimum"


class CurrencyInUse(RuleBroken):
    """The branch has customers, whose ledgers are kept in its currency."""

    code = "currency_in_use"


class InvoicingNotOffered(RuleBroken):
    """Invoices in advance are not made yet."""

    code = "invoicing_not_offered"


class UsernameTaken(RuleBroken):
    """Somebody signs in with this username."""

    code = "username_taken"


class NotAStaffRole(RuleBroken):
    """This role is not one of staff."""

    code = "not_a_staff_role"


class StaffNeedsBranch(RuleBroken):
    """Everybody but an operator admin works in a branch."""

    code = "staff_needs_branch"


class LastAdministrator(RuleBroken):
    """Without this one nobody could manage the operator."""

    code = "last_administrator"


class CrfTaken(RuleBroken):
    """Another customer has this CRF number."""

    code = "crf_taken"


class BirthInFuture(RuleBroken):
    """Nobody was born after today."""

    code = "birth_in_future"


class OtherCurrency(RuleBroken):
    """A customer cannot move to a branch of another currency."""

    code = "other_currency"


class AlreadyDeactivated(Conflict):
    """The customer is deactivated already."""

    code = "already_deactivated"


class NotDeactivated(Conflict):
    """Only a deactivated customer can be restored."""

    code = "not_deactivated"


class AlreadyErased(Conflict):
    """The customer's personal data was removed; nothing of it can be changed or brought back."""

    code = "already_erased"


class OtherCrf(RuleBroken):
    """The CRF number that was typed to confirm is another customer's."""

    code = "other_crf"


class CustomerIsDeactivated(RuleBroken):
    """This is for customers who are served."""

    code = "customer_is_deactivated"


class CustomerHasNoEmail(RuleBroken):
    """There is no address to mail to."""

    code = "customer_has_no_email"


class CustomerChangedMeanwhile(Conflict):
    """Somebody else changed the customer since the caller looked."""

    code = "customer_changed_meanwhile"


class EmailNotRemoved(RuleBroken):
    """Customers change their e-mail address by confirming another; only the desk removes it."""

    code = "email_not_removed"


class NoEmailChange(Conflict):
    """No new e-mail address waits for confirmation."""

    code = "no_email_change"


class TooManyEmailLinks(Throttled):
    """The customer had several links sent just now."""

    code = "too_many_email_links"


class StaffDeactivated(RuleBroken):
    """This is for members of staff who may sign in."""

    code = "staff_deactivated"


class StaffHasNoEmail(RuleBroken):
    """There is no address of the member of staff to mail to."""

    code = "staff_has_no_email"


class TooManyInvitations(Throttled):
    """The person was mailed several links just now (TRUST, check 6)."""

    code = "too_many_invitations"


class UnknownCursor(Invalid):
    """The cursor is none that this service gave out, or its list has changed."""

    code = "unknown_cursor"


class TooManyComplaints(RuleBroken):
    """The customer has many open complaints already."""

    code = "too_many_complaints"


class NotAssignable(RuleBroken):
    """This member of staff handles no complaints in the branch."""

    code = "not_assignable"


class AlreadyResolved(Conflict):
    """Somebody has resolved the complaint already."""

    code = "already_resolved"


class NotResolved(Conflict):
    """The complaint is open, so there is nothing to reopen."""

    code = "not_resolved"


class ReopenTooLate(RuleBroken):
    """The days in which a customer may reopen it are over."""

    code = "reopen_too_late"


class IdNumberMasked(RuleBroken):
    """An ID number with dots in it, as it is shown, which is not the one that is kept."""

    code = "id_number_masked"


class StagesOutOfOrder(RuleBroken):
    """The stages of reminders do not get firmer with the months."""

    code = "stages_out_of_order"
