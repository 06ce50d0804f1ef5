"""What each kind of message says: the event's values as texts in the reader's language, ready for a template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from contracts.cards import Allocation, BranchCard, FeeCategory, ReminderStage, Service
from contracts.events import (
    ComplaintReceived,
    ComplaintResolved,
    CustomerRegistered,
    DuesOutstanding,
    EmailChangeRequested,
    Event,
    PasswordCodeIssued,
    PasswordLinkIssued,
    PaymentMade,
    PaymentVoided,
    ReportReady,
)
from notify.domain.wording import amount_text, day_text, moment_text, month_text
from notify.letters import (
    COMPLAINT_RECEIVED,
    COMPLAINT_RESOLVED,
    CONFIRMATION,
    EMAIL_CHANGE_NOTICED,
    EMAIL_TO_CONFIRM,
    INVITATION,
    PASSWORD_CODE,
    REMINDER,
    REPORT,
    REVERSAL,
    WELCOME,
    Letter,
)
from notify.templating import words_of

LINK_PAGE = "/password/"
"""The gateway's page that takes the one-time link."""
COMPLAINT_PAGE = "/complaints/"
"""The gateway's page of a complaint, by its number."""
EMAIL_PAGE = "/email/"
"""The gateway's page that takes the link for a new e-mail address."""
DETAILS_PAGE = "/my/details"
"""The gateway's page where a customer sees and changes what is known of them."""
CODE_PAGE = "/password-reset/code"
"""The gateway's page that takes a code."""
REPORT_PAGE = "/reports/"
"""The gateway's page of a report."""


@dataclass(frozen=True)
class Surroundings:
    """What a message needs besides its event."""

    locale: str
    branch: BranchCard | None
    """The branch in whose name we write; None while we do not know it, and for staff of several branches."""
    links_to: str = ""
    """The address of the web pages (Settings.links_to)."""
    secret: str | None = None
    """The opened password or token; only when the message is really made."""

    @property
    def time_zone(self) -> str:
        """The branch's time zone."""
        return self.branch.time_zone if self.branch else "UTC"


def facts_of(letter: Letter, event: Event, around: Surroundings) -> dict[str, Any]:
    """The facts of a message for its template: texts, and lists and dictionaries of texts."""
    return {
        "letterhead": letterhead(around.branch), "sign_in": f"{around.links_to}/",
        **_FACTS[letter.template](event, around),
    }  # fmt: skip


def letterhead(branch: BranchCard | None) -> dict[str, Any]:
    """The branch as it writes itself: its first line is its name in the trade."""
    if branch is None:
        return {"name": "", "lines": [], "tax_id": ""}
    name, *lines = branch.letterhead or (branch.name,)
    return {"name": name, "lines": lines, "tax_id": branch.tax_id}


def _welcome(event: CustomerRegistered, around: Surroundings) -> dict[str, Any]:
    return {
        "name": event.customer.name, "crf": event.customer.crf, "username": event.username, "password": around.secret,
        "expires": moment_text(event.password.expires_at, around.time_zone, around.locale) if event.password else "",
    }  # fmt: skip


def _invitation(event: PasswordLinkIssued, around: Surroundings) -> dict[str, Any]:
    return {
        "name": event.name, "username": event.username,
        "link": f"{around.links_to}{LINK_PAGE}{quote(around.secret or '', safe='')}",
        "expires": moment_text(event.link_token.expires_at, around.time_zone, around.locale),
    }  # fmt: skip


def _password_code(event: PasswordCodeIssued, around: Surroundings) -> dict[str, Any]:
    return {
        "name": event.name, "username": event.username, "code": around.secret or "",
        "page": f"{around.links_to}{CODE_PAGE}",
        "expires": moment_text(event.code.expires_at, around.time_zone, around.locale),
    }  # fmt: skip


def _email_to_confirm(event: EmailChangeRequested, around: Surroundings) -> dict[str, Any]:
    link = f"{around.links_to}{EMAIL_PAGE}{quote(around.secret or '', safe='')}"
    return {"link": link, **_email_change(event, around)}


def _email_change(event: EmailChangeRequested, around: Surroundings) -> dict[str, Any]:
    return {
        "name": event.customer.name, "crf": event.customer.crf, "new_email": event.new_email,
        "page": f"{around.links_to}{DETAILS_PAGE}",
        "expires": moment_text(event.link_token.expires_at, around.time_zone, around.locale),
    }  # fmt: skip


def _confirmation(event: PaymentMade, around: Surroundings) -> dict[str, Any]:
    words, locale = words_of(around.locale), around.locale
    return {
        "name": event.customer.name, "crf": event.customer.crf, "amount": amount_text(event.amount, locale),
        "paid_on": day_text(event.paid_on, locale), "mode": words["modes"][event.mode],
        "reference": event.reference or "",
        "payment_number": event.payment_number, "invoice_number": event.invoice.number,
        "lines": [
            {
                "month": _month(line.period, line.partial, locale, words), "amount": amount_text(line.amount, locale),
                "what": _what(words, line.service, line.category, line.plan_name),
            }
            for line in event.invoice.lines
        ],
        "subscriptions": [
            {
                "what": _what(words, subscription.service, FeeCategory.USAGE, subscription.plan_name),
                "paid_until": day_text(subscription.expires_on, locale),
            }
            for subscription in event.subscriptions
            if subscription.expires_on > subscription.started_on and _touched(event.allocations, subscription.id)
        ],
    }  # fmt: skip


def _reversal(event: PaymentVoided, around: Surroundings) -> dict[str, Any]:
    words, locale = words_of(around.locale), around.locale
    return {
        "name": event.customer.name, "crf": event.customer.crf, "amount": amount_text(event.amount, locale),
        "voided_on": day_text(event.voided_on, locale), "reason": event.reason,
        "payment_number": event.payment_number, "invoice_number": event.invoice_number,
        "lines": [
            {
                "month": month_text(part.period, locale), "amount": amount_text(part.amount, locale),
                "what": _what(words, part.service, part.category, ""),
            }
            for part in event.allocations
        ],
    }  # fmt: skip


def _reminder(event: DuesOutstanding, around: Surroundings) -> dict[str, Any]:
    words, locale = words_of(around.locale), around.locale
    return {
        "name": event.customer.name, "crf": event.customer.crf, "total": amount_text(event.total, locale),
        "as_of": day_text(event.business_date, locale), "stage": event.stage or ReminderStage.FRIENDLY,
        "periods": words["between_months"].join(month_text(period, locale) for period in event.periods()),
        "months": [
            {
                "month": month_text(month.period, locale), "amount": amount_text(month.open, locale),
                "what": words["services"][month.service] if month.service else words["fees_of_month"],
            }
            for month in event.months
        ],
    }  # fmt: skip


def _complaint(event: ComplaintReceived | ComplaintResolved, around: Surroundings) -> dict[str, Any]:
    words, complaint = words_of(around.locale), event.complaint
    return {
        "name": event.customer.name, "crf": event.customer.crf, "number": complaint.number,
        "kind": words["complaints"][complaint.kind], "message": complaint.message,
        "service": words["services"][complaint.service] if complaint.service else "",
        "filed_on": day_text(complaint.filed_on, around.locale),
        "link": f"{around.links_to}{COMPLAINT_PAGE}{quote(complaint.number, safe='')}",
    }  # fmt: skip


def _resolved(event: ComplaintResolved, around: Surroundings) -> dict[str, Any]:
    return {
        **_complaint(event, around), "resolution": event.resolution,
        "resolved_on": day_text(event.resolved_on, around.locale),
        "reopen_until": day_text(event.reopen_until, around.locale),
    }  # fmt: skip


def _report(event: ReportReady, around: Surroundings) -> dict[str, Any]:
    words, locale = words_of(around.locale), around.locale
    return {
        "name": event.name, "month": month_text(event.period, locale), "service": words["services"][event.service],
        "selection": words["selections"][event.selection],
        "for_branch": event.branch.name if event.branch else words["all_branches"], "rows": str(event.rows),
        "as_of": moment_text(event.as_of, around.time_zone, locale),
        "link": f"{around.links_to}{REPORT_PAGE}{event.report_id}",
    }  # fmt: skip


def _month(period: str, partial: bool, locale: str, words: Mapping[str, Any]) -> str:
    month = month_text(period, locale)
    return str(words["part_of"]).format(month=month) if partial else month


def _what(words: Mapping[str, Any], service: Service | None, category: FeeCategory, plan_name: str) -> str:
    """ "Cable TV, Basic TV" for a month of a service; the name of the fee for a fee."""
    if category is not FeeCategory.USAGE:
        parts = [words["fees"][category], words["services"][service] if service else ""]
    else:
        parts = [words["services"][service] if service else words["fees"][category], plan_name]
    return str(words["between_parts"]).join(part for part in parts if part)


def _touched(allocations: tuple[Allocation, ...], subscription_id: object) -> bool:
    return any(allocation.subscription_id == subscription_id for allocation in allocations)


_FACTS = cast(
    dict[str, Callable[[Event, Surroundings], dict[str, Any]]],
    {
        WELCOME.template: _welcome, INVITATION.template: _invitation, CONFIRMATION.template: _confirmation,
        REMINDER.template: _reminder, COMPLAINT_RECEIVED.template: _complaint,
        COMPLAINT_RESOLVED.template: _resolved,
        PASSWORD_CODE.template: _password_code,
        EMAIL_TO_CONFIRM.template: _email_to_confirm, EMAIL_CHANGE_NOTICED.template: _email_change,
        REVERSAL.template: _reversal,
        REPORT.template: _report,
    },
)  # fmt: skip
