"""Who gets to which pages: the places of the header, and what a role may do on a page.

This only spares people doors that are locked for them; the service that owns the data checks each call itself.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import g, request, url_for
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from contracts.actor import RIGHTS, Right, Role
from gateway.pages.refusals import NotYours, role_lacks_right


@dataclass(frozen=True)
class Place:
    """A link of the header, or a tab. `right` None: for everybody it is shown to at all."""

    label: LazyString
    endpoint: str
    right: Right | None = None
    about: LazyString | str = ""
    """One sentence for pages that list places."""


STAFF_PLACES = (
    Place(_l("Dashboard"), "home.home"),
    Place(_l("Customers"), "customer_pages.find", Right.SEE_CUSTOMERS),
    Place(_l("Cash desk"), "cash_pages.desk", Right.TAKE_PAYMENTS),
    Place(_l("Online payments"), "online_pages.find", Right.TAKE_PAYMENTS),
    Place(_l("Complaints"), "complaint_pages.list_all", Right.SEE_COMPLAINTS),
    Place(_l("Reminders"), "reminder_pages.list_all", Right.RUN_BILLING),
    Place(_l("Messages"), "message_pages.show_all", Right.SEE_MESSAGES),
    Place(_l("Reports"), "report_pages.index", Right.MAKE_REPORTS),
    Place(_l("Settings"), "settings_pages.index", Right.MANAGE_PLANS),
    Place(_l("Operations"), "operations_pages.show", Right.SEE_OPERATIONS),
)
CUSTOMER_PLACES = (
    Place(_l("Home"), "home.home"),
    Place(_l("Payments"), "my_payments.of_year"),
    Place(_l("Invoices"), "my_invoices.of_month"),
    Place(_l("Complaints"), "complaint_pages.mine", Right.SEE_COMPLAINTS),
    Place(_l("My details"), "my_details.edit"),
)

CUSTOMER_TABS = (
    Place(_l("Overview"), "customer_pages.show"),
    Place(_l("Subscriptions"), "subscription_pages.of_customer"),
    Place(_l("Months"), "year_pages.months", Right.SEE_MONEY),
    Place(_l("Payments"), "payment_pages.of_year", Right.SEE_MONEY),
    Place(_l("Invoices"), "customer_tabs.invoices", Right.SEE_MONEY),
    Place(_l("Complaints"), "complaint_pages.of_customer", Right.SEE_COMPLAINTS),
    Place(_l("Messages"), "customer_tabs.messages", Right.SEE_MESSAGES),
    Place(_l("History"), "customer_tabs.history", Right.EDIT_CUSTOMERS),
)
"""The pages about one customer, as staff see them."""

SETTINGS = (
    Place(
        _l("Branches"), "settings_pages.branches", Right.MANAGE_BRANCHES,
        _l("Currency, time zone, letterhead, and the rules of charging of each branch."),
    ),
    Place(
        _l("Plans"), "settings_pages.plans", Right.MANAGE_PLANS,
        _l("What cable TV and broadband cost, and from which day on."),
    ),
    Place(
        _l("Staff"), "settings_pages.staff", Right.MANAGE_STAFF,
        _l("Who works here, in which role and branches, and their access."),
    ),
    Place(
        _l("Two-step sign-in"), "settings_pages.two_step_policy", Right.MANAGE_SIGN_IN,
        _l("Who must sign in with a password and a code from an app."),
    ),
    Place(
        _l("E-mail texts"), "settings_pages.letters", Right.MANAGE_LETTERS,
        _l("What each e-mail says, in each language, with a preview."),
    ),
    Place(
        _l("Mail server"), "settings_pages.mail_server", Right.SEE_OPERATIONS,
        _l("How e-mails leave the house, and a test."),
    ),
    Place(
        _l("Audit log"), "settings_pages.audit", Right.SEE_AUDIT,
        _l("Who changed what, and who looked at an ID number."),
    ),
    Place(
        _l("Languages"), "settings_pages.shown_languages", Right.MANAGE_PLANS,
        _l("The six languages, and which one each branch begins with."),
    ),
)  # fmt: skip
"""The sections of the settings."""


def may(right: Right) -> bool:
    """Whether the signed-in person's role has the right."""
    return right in RIGHTS[g.caller.me.role]


def staff_only() -> None:
    """Raises NotYours for customers, who have pages of their own; the owner of the data checks this once more."""
    if not g.caller.is_staff:
        raise NotYours(gettext("This page is for staff; what is yours is on the first page."))


def require(right: Right) -> None:
    """Raises NotYours when the role lacks the right, before a page is drawn that could do nothing."""
    if not may(right):
        raise NotYours(role_lacks_right())


def own_customer_id() -> UUID:
    """The customer that is signed in. Raises NotYours for staff."""
    if g.caller.me.role is not Role.CUSTOMER or g.caller.me.customer_id is None:
        raise NotYours(gettext("This page is for customers; find the customer by the search."))
    customer_id: UUID = g.caller.me.customer_id
    return customer_id


def places() -> list[Place]:
    """The places of the header for who is signed in."""
    if g.get("caller") is None or g.caller.me.must_change_password or g.caller.me.must_set_up_two_step:
        return []
    return _open_ones(STAFF_PLACES if g.caller.is_staff else CUSTOMER_PLACES)


def customer_tabs() -> list[Place]:
    """The tabs of a customer's pages for who is signed in."""
    return _open_ones(CUSTOMER_TABS)


def settings_sections() -> list[Place]:
    """The sections of the settings for who is signed in."""
    return _open_ones(SETTINGS)


def require_any(sections: list[Place]) -> None:
    """Raises NotYours when none of these pages is open to the signed-in person."""
    staff_only()
    if not sections:
        raise NotYours(role_lacks_right())


def href(place: Place, customer_id: UUID | None = None) -> str:
    """The address of a place."""
    return url_for(place.endpoint, customer_id=customer_id) if customer_id else url_for(place.endpoint)


def is_current(place: Place) -> bool:
    """Whether the page shown belongs to the place."""
    target = href(place)
    return request.path == target or (target != "/" and request.path.startswith(f"{target}/"))


def _open_ones(all_of_them: tuple[Place, ...]) -> list[Place]:
    return [place for place in all_of_them if place.right is None or may(place.right)]
