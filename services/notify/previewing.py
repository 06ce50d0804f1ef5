"""A message as it would be made now, without storing or sending it."""

from pydantic import ValidationError

from contracts.actor import Actor, Right
from contracts.calls.notify import MessagePreview, PreviewMessage
from contracts.cards import BranchCard, CustomerCard
from contracts.errors import Invalid
from notify.domain.refusals import NoPreview
from notify.facts import Surroundings, facts_of
from notify.letters import LETTERS
from notify.templating import render


def preview_message(request: PreviewMessage, actor: Actor, links_to: str) -> MessagePreview:
    """The real template with the given event, which the caller brings and which is thought up as far as we know.

    Raises NoPreview, Invalid for a body that is none of this event, NotFound for a customer of a hidden branch,
    Forbidden for who sends no messages.
    """
    letter = LETTERS.get(request.template)
    if letter is None or letter.secret_field is not None:
        raise NoPreview("There is no preview of such a message.", field="template")
    try:
        event = letter.read(request.event)
    except ValidationError:
        raise Invalid("This is not the event that the message tells of.", field="event") from None
    customer: CustomerCard | None = getattr(event, "customer", None)
    branch: BranchCard | None = getattr(event, "branch", None)
    if customer is None:
        raise NoPreview("There is no preview of such a message.", field="template")
    actor.require_branch(customer.branch_id, "customer")
    actor.require(Right.SEND_MESSAGES)
    facts = facts_of(letter, event, Surroundings(customer.locale, branch, links_to))
    made = render(letter.template, customer.locale, facts)
    return MessagePreview(
        recipient=customer.email or "", subject=made.subject, text=made.text, html=made.html
    )
