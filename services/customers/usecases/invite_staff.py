"""Mail a member of staff a one-time link that sets a password."""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Role
from contracts.calls import Done
from contracts.calls.staffing import InviteStaff
from contracts.cards import CustomerState
from customers.domain.refusals import StaffDeactivated, StaffHasNoEmail
from customers.sight import login_of_staff, visible_staff
from customers.usecases.add_staff import require_may_staff, send_link
from customers.usecases.throttle_links import throttle_links


def invite_staff(
    session: Session, request: InviteStaff, actor: Actor, clock: Clock, sealing_key: AESGCM
) -> Done:
    """Issue a link and tell notify to mail it; the password of before holds until the link is used.

    Raises NotFound, Forbidden, StaffDeactivated, StaffHasNoEmail, TooManyInvitations.
    """
    member, branch_ids = visible_staff(session, actor, request.staff_id)
    require_may_staff(session, actor, Role(member.role), branch_ids)
    if member.state != CustomerState.ACTIVE.value:
        raise StaffDeactivated(f"{member.name} is deactivated; restore them first.")
    if not member.email:
        raise StaffHasNoEmail(f"{member.name} has no e-mail address; enter one first.", field="email")
    login = login_of_staff(session, member.id)
    throttle_links(session, login, clock)
    send_link(session, member, login, branch_ids, clock, sealing_key)
    return Done()
