"""The form of a branch. Its fields are named as those of AddBranch and ChangeBranch, so a new one is one line here."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import Field

from contracts.cards import BranchCard, CashDeskRule, Invoicing, Proration
from contracts.money import Money
from gateway.pages.form import Form
from gateway.pages.settings.fields import amount, line, lines, one_of, whole
from gateway.pages.settings.lists import currencies, languages, time_zones


class Place:
    """Where the branch is."""

    heading = _l("The branch")
    name = line(_l("Name"), required=True)
    time_zone = one_of(_l("Time zone"), time_zones, _l("Its days and months begin and end by this clock."))
    currency = one_of(
        _l("Currency"), currencies, _l("It stays from the first customer on: their accounts are kept in it.")
    )
    locale = one_of(
        _l("Language"), languages, _l("Of its staff, of its paper, and of e-mails to new customers.")
    )


class OnPaper:
    """What documents and e-mails say at their top."""

    heading = _l("On paper and e-mails")
    letterhead = lines(_l("Letterhead"), _l("Up to six lines; the first one is the name in the trade."))
    tax_id = line(_l("Tax ID"))


class Charging:
    """What is charged, and when it counts as late."""

    heading = _l("Charging")
    minimum_payment = amount(_l("Smallest payment"), _l("Or all that is open, if that is less."))
    invoicing = one_of(
        _l("Invoices"),
        (
            (Invoicing.ON_PAYMENT.value, _l("One with each payment")),
            (Invoicing.IN_ADVANCE.value, _l("In advance")),
        ),
    )
    proration = one_of(
        _l("A month that was begun"),
        (
            (Proration.NONE.value, _l("Is charged in full")),
            (Proration.DAILY.value, _l("Is charged by days served")),
        ),
    )
    grace_days = whole(
        _l("Days of grace"), _l("After the day it is paid until, before it is inactive."), most=365
    )
    suspend_after_days = whole(
        _l("Suspended after days"), _l("Counted from the same day."), least=1, most=730
    )  # fmt: skip


class CashDesk:
    """Where cash is taken."""

    heading = _l("Cash desk")
    cash_desk = one_of(
        _l("Cash is taken"),
        (
            (CashDeskRule.OPTIONAL.value, _l("With or without an open cash desk")),
            (CashDeskRule.REQUIRED.value, _l("Only at an open cash desk")),
        ),
    )


class Accounts:
    """Where customers may pay to by app or bank."""

    heading = _l("Accounts for online payments")
    account_name = line(
        _l("Holder of the accounts"), _l("As the bank knows them; it is in the QR codes."), most=70
    )
    upi_id = line(_l("UPI ID"), _l("Such as name@bank, for payments in rupees."), most=100)
    iban = line(_l("IBAN"), _l("For payments in euros."), most=42)
    bic = line(_l("BIC"), most=11)


class Complaining:
    """How long a complaint can come back."""

    heading = _l("Complaints")
    complaint_reopen_days = whole(
        _l("Days to reopen"),
        _l("So long customers can say that a resolved complaint is not resolved."),
        most=365,
    )


SECTIONS = (Place, OnPaper, Charging, CashDesk, Accounts, Complaining)
"""The parts of the form in their order; what is in no class of these is not shown."""


class BranchForm(Form, *SECTIONS):  # type: ignore[misc]  # mypy does not follow a list of bases
    """A branch to change."""

    fixed: ClassVar[tuple[str, ...]] = ("time_zone", "currency", "locale")

    @classmethod
    def of(cls, branch: BranchCard) -> Self:
        """The form as the branch is now."""
        minimum = Money.of(branch.policy.minimum_payment_minor, branch.currency).decimal_text()
        now = {**branch.model_dump(), **branch.policy.model_dump(), "minimum_payment": minimum}
        return cls(data=now)

    def sections(self) -> Iterator[tuple[LazyString, list[Field]]]:
        """Heading and fields of each part."""
        for section in SECTIONS:
            names = [name for name in vars(section) if name in self._fields]
            yield section.heading, [self._fields[name] for name in names]

    def given(self) -> dict[str, Any]:
        """What was typed, as the calls take it."""
        return {
            name: ("" if field.data is None else field.data)
            for name, field in self._fields.items()
            if name != "csrf_token"
        }


class NewBranchForm(BranchForm):
    """A branch to add: its code stays for ever."""

    code = line(
        _l("Code"),
        _l("2 to 8 capital letters or digits, such as MAIN. It begins every number of the branch and stays for ever."),
        required=True, most=8,
    )  # fmt: skip
