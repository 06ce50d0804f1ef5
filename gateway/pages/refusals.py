"""What services refuse, in the language of the page.

A service speaks English, and names amounts and numbers: an English page shows its own sentence. In another language the
page says the sentence of the refusal's code, which says what is wrong and what to do, without them. The API never comes
here. A test looks for the code of each refusal in these tables.
"""

from flask import g
from flask_babel import LazyString, get_locale, gettext
from flask_babel import lazy_gettext as _l

from contracts.errors import Forbidden, NotFound
from gateway.pages.formats import role_text


class NotYours(Forbidden):
    """A page is not for who asks; said by the page itself in its language, so the tables do not have the code."""

    code = "not_yours"


class NotHere(NotFound):
    """A page has nothing to show; said by the page itself in its language, so the tables do not have the code."""

    code = "not_here"


def sentence_of(code: str, message: str) -> str:
    """The sentence that the page shows for a refusal, or for one of its fields. An unknown code: the message."""
    known = SENTENCES.get(code)
    if known is None or (get_locale().language == "en" and code not in SAID_TO_PROGRAMS):
        return message
    return str(known)


def role_lacks_right() -> str:
    """That the signed-in person's role is not enough."""
    if g.get("caller") is None or not g.caller.is_staff:
        return str(_NOT_YOURS)
    role = role_text(g.caller.me.role)
    return str(gettext("Your role (%(role)s) may not do this; ask a colleague who may.", role=role))


_NOT_YOURS = _l("This is not yours to do; please ask your branch.")
_BEGIN_LIST_ANEW = _l("This page of the list is not there any more; begin the list anew.")
_AWAY = _l("A part of Headend does not answer just now; try again in a moment.")

_ANYWHERE: dict[str, LazyString] = {
    "refused": _l("This cannot be done; nothing was changed."),
    "invalid": _l("That request could not be read; go back, look at what was entered and send it again."),
    "bad_request": _l("That request could not be read; go back, look at what was entered and send it again."),
    "unsupported_media_type": _l("That request could not be read; go back and send it again."),
    "unauthenticated": _l("Please sign in."),
    "forbidden": LazyString(role_lacks_right),
    "not_found": _l("This is not here, or it is not yours to see; look for it in its list."),
    "method_not_allowed": _l(
        "This address does not take what was sent; go back and begin at the page before."
    ),
    "conflict": _l("This was done or changed already; load the page again and look."),
    "rule_broken": _l("A rule does not allow this; nothing was changed."),
    "too_large": _l("That is larger than 1 MB; send less at once."),
    "throttled": _l("That was tried too often; wait a moment and try again."),
    "unavailable": _AWAY,
    "service_away": _AWAY,
    "database_away": _AWAY,
    "busy": _l("Headend has too much to do just now; try again in a moment."),
    "failed": _l("A part of Headend met an error; try again, and tell your administrator if it stays."),
    "internal_error": _l("Something went wrong here, and it was noted down."),
    "idempotency_key_reused": _l(
        "This page has sent something else already; open it anew and start once more."
    ),
    "not_an_amount": _l("This is not an amount; write digits, and decimals after a point, such as 250.00."),
    "two_step_must_be_set_up": _l(
        "People of your role sign in in two steps; set that up first, on the page Account."
    ),
    "password_must_be_changed": _l("Your password was for the first sign-in only; set your own one first."),
}

_CUSTOMERS: dict[str, LazyString] = {
    "sign_in_refused": _l("The user name or the password is wrong, or this login is closed."),
    "too_many_tries": _l("That was wrong too often; wait some minutes and try again."),
    "session_over": _l("Your session has ended; sign in again."),
    "code_needed": _l("Your password was right; now enter the code from your app."),
    "wrong_code": _l(
        "This code is wrong or was used already. Wait for the next one, and look whether the clock of your telephone "
        "is right."
    ),
    "too_many_api_tokens": _l("You have as many API tokens as one may have; revoke one that is not needed."),
    "two_step_locked": _l(
        "Too many codes in a row were wrong. Set a new password, as somebody else may know yours, or have two-step "
        "sign-in reset by your administrator."
    ),
    "two_step_is_off": _l("Two-step sign-in is off; there is nothing to do."),
    "two_step_already_on": _l("Two-step sign-in is on already; turn it off before you set it up anew."),
    "no_two_step_begun": _l("This took too long; begin to set two-step sign-in up once more."),
    "id_number_masked": _l(
        "Type the whole number of the document; the dots only stand for what is not shown."
    ),
    "field_unreadable": _l("This cannot be decrypted here; tell your administrator."),
    "too_many_requests": _l("That were very many requests within a minute; wait a moment and try again."),
    "link_expired": _l("This link was used already or is too old; have a new one sent."),
    "code_refused": _l(
        "The code is wrong, used or too old; look at the newest e-mail, or ask for a new code."
    ),
    "password_too_weak": _l(
        "This password is too easy to guess or too long; choose one of 10 to 200 characters, not all alike, without "
        "your user name or CRF number in it."
    ),
    "wrong_password": _l("The current password is wrong, or it was changed a moment ago."),
    "branch_code_taken": _l("Another branch has this code; choose another one."),
    "unknown_time_zone": _l("There is no such time zone; choose one of the list."),
    "unknown_currency": _l("There is no such currency; choose one of the list."),
    "unknown_locale": _l("Headend does not speak this language; choose one of the list."),
    "negative_minimum": _l("The smallest payment is zero or more."),
    "currency_in_use": _l(
        "The branch has customers, so its currency stays; add another branch for another currency."
    ),
    "invoicing_not_offered": _l("Invoices in advance are not offered yet; choose one with each payment."),
    "username_taken": _l("Somebody signs in with this user name already; choose another one."),
    "not_a_staff_role": _l("Staff cannot have this role; choose another one."),
    "staff_needs_branch": _l("Choose at least one branch for this role."),
    "last_administrator": _l("This is the last operator admin; make somebody else one first."),
    "crf_taken": _l("Another customer has this CRF number; choose another one."),
    "birth_in_future": _l("The date of birth lies in the future."),
    "other_currency": _l("That branch has another currency; a customer cannot move there."),
    "already_deactivated": _l("This customer is deactivated already."),
    "not_deactivated": _l("This customer is not deactivated; look at their page."),
    "already_erased": _l("The personal data of this customer was erased; that cannot be undone."),
    "other_crf": _l("This is not the customer's CRF number; type it as their page shows it."),
    "customer_is_deactivated": _l("This customer is deactivated; restore them first."),
    "customer_has_no_email": _l("This customer has no e-mail address; enter one first."),
    "customer_changed_meanwhile": _l(
        "Somebody else changed these details in the meantime; look at them as they are now, then save again."
    ),
    "email_not_removed": _l(
        "Your e-mail address can be changed to another one here; to be without one, ask your branch."
    ),
    "no_email_change": _l("No new e-mail address waits for confirmation; enter it once more."),
    "too_many_email_links": _l(
        "Several links were sent just now; look at the newest e-mail, or try again later."
    ),
    "staff_deactivated": _l("This member of staff is deactivated; restore them first."),
    "staff_has_no_email": _l("This member of staff has no e-mail address; enter one first."),
    "too_many_invitations": _l("Several links were sent to this person just now; try again later."),
    "unknown_cursor": _BEGIN_LIST_ANEW,
    "too_many_complaints": _l(
        "There are many complaints already that are being worked on; please wait for them, or call your branch."
    ),
    "not_assignable": _l("Choose somebody who handles complaints in the customer's branch."),
    "already_resolved": _l("This complaint is resolved already; see what the customer was told."),
    "not_resolved": _l("This complaint is open; there is nothing to reopen."),
    "reopen_too_late": _l("The days in which this could be reopened are over; please file a new complaint."),
    "stages_out_of_order": _l("Each firmer reminder must begin more months later than the one before it."),
}

_BILLING: dict[str, LazyString] = {
    "move_not_allowed": _l("This subscription cannot get that status; see which one it has now."),
    "cash_session_open": _l("You have a cash desk open already; close it first."),
    "cash_session_closed": _l("This cash desk is closed already."),
    "expected_changed": _l("Cash came in or went out since you looked; look again at what is expected now."),
    "note_required": _l("The count is not what was expected; say in the note why."),
    "cash_desk_required": _l("This branch takes cash only at an open cash desk; open yours first."),
    "amount_below_zero": _l("The amount must be zero or more."),
    "amount_not_positive": _l("The amount must be more than zero."),
    "nothing_to_pay": _l("Nothing is open here, so there is nothing to pay."),
    "payment_exceeds_dues": _l("This is more than what is open; enter at most that."),
    "payment_below_minimum": _l("This is below the smallest payment; enter more, or all that is open."),
    "reference_required": _l("An online payment needs its reference number."),
    "reference_used": _l("This reference number is on another payment already; check the number."),
    "mode_not_offered": _l("A payment is taken in cash or online."),
    "payment_already_voided": _l("This payment was voided already."),
    "dues_changed": _l("The dues changed since you looked; look again at what the amount pays now."),
    "still_running": _l("The same is being done in this moment; try again shortly."),
    "online_payment_not_offered": _l("Start an online payment to pay by yourself."),
    "provider_not_offered": _l("Your branch does not offer this way to pay; please pay at your branch."),
    "online_payment_waiting": _l(
        "A payment of yours waits for your branch to confirm it; please wait for that before you pay again."
    ),
    "online_payment_decided": _l(
        "What became of this payment is decided already; load the page again and look."
    ),
    "plan_code_taken": _l("The branch has a plan with this code already; choose another code."),
    "price_date_taken": _l("The plan has a price from this day on already; choose another day."),
    "price_negative": _l("A price cannot be below zero."),
    "plan_of_other_branch": _l("This plan belongs to another branch; choose one of the customer's branch."),
    "customer_deactivated": _l("This customer is deactivated; restore them first."),
    "run_under_way": _l("The same is under way for this branch already; wait until it is done."),
    "no_branch": _l("There is no branch yet; add one first."),
    "promise_out_of_reach": _l("This day is too early or too far ahead; choose one of the next weeks."),
    "no_promise": _l("There is no promise to withdraw."),
    "period_too_far_ahead": _l("This month is too far ahead; choose an earlier one."),
    "start_out_of_reach": _l("This day is too long ago or too far ahead; look for a typing error."),
    "cursor_invalid": _BEGIN_LIST_ANEW,
}

_NOTIFY: dict[str, LazyString] = {
    "no_such_message": _l("There is no such message."),
    "wrong_cursor": _BEGIN_LIST_ANEW,
    "message_under_way": _l("This message is still to be sent; wait until it is sent or has failed."),
    "secret_expired": _l(
        "The password or link inside has expired; invite the person again, which makes a new one."
    ),
    "no_address": _l("There is no e-mail address that mail can be sent to; enter or correct it first."),
    "too_many_repetitions": _l("Several messages went to this address again just now; try again later."),
    "not_repeated": _l("This message is not sent twice; the person asks for a new one by themselves."),
    "no_such_letter": _l("There is no such e-mail."),
    "placeholder_unknown": _l("There is no such placeholder in this e-mail; take one of its list."),
    "placeholder_missing": _l(
        "Without its most important placeholder the e-mail is of no use; put it into the text."
    ),
    "placeholder_misplaced": _l(
        "A placeholder stands where it cannot; lists need a line of the text to themselves."
    ),
    "brace_alone": _l("Braces stand around placeholders only; write them in pairs, with a name between."),
    "words_changed_meanwhile": _l(
        "Somebody else has changed this text since you opened it; load the page again and look."
    ),
    "too_many_tests": _l("A test was sent just now; wait a moment before the next one."),
    "bad_sender": _l(
        "The address that mail comes from, or yours, is none that mail can be sent with; correct it."
    ),
    "no_preview": _l("There is no preview of such a message."),
}

_REPORTS: dict[str, LazyString] = {
    "report_not_ready": _l("The report is still being made, or could not be made; look at its page."),
    "report_file_gone": _l("The report's file is no longer kept; ask for the report again."),
    "stands_already": _l("You get this report each month already."),
    "no_address_of_yours": _l("Your record has no e-mail address to be told at; have one entered first."),
}

SENTENCES = _ANYWHERE | _CUSTOMERS | _BILLING | _NOTIFY | _REPORTS
"""Code of a refusal -> what a page says."""

SAID_TO_PROGRAMS = frozenset(
    {"idempotency_key_reused", "password_must_be_changed", "unknown_cursor", "cursor_invalid", "wrong_cursor"}
)
"""Their own sentences speak of headers, routes and cursors: an English page says ours too."""
