"""The branch that is meant when a request names none: the caller's only one, or MAIN for who sees all."""

from uuid import UUID

from flask import g

from contracts.actor import RIGHTS, Right
from contracts.calls.customers import ListBranches
from contracts.errors import FieldError, Forbidden, RuleBroken
from gateway.rpc import ask


class BranchRequired(RuleBroken):
    """The caller has several branches, and the request does not say which one is meant."""

    code = "branch_required"


def branch_or_default(branch_id: UUID | None, right: Right) -> UUID:
    """The branch given, else the obvious one. Raises BranchRequired when there is no obvious one.

    Who lacks the right in any branch is not asked for one: raises Forbidden. Given a branch, its service decides.
    """
    if branch_id is not None:
        return branch_id
    role = g.caller.me.role
    if right not in RIGHTS[role]:
        raise Forbidden(f"Your role ({role}) may not do this; ask a colleague who may.")
    mine = g.caller.me.branch_ids
    if mine is not None and len(mine) == 1:
        return UUID(str(mine[0]))
    if mine is None:
        for branch in ask(ListBranches()).items:
            if branch.code == "MAIN":
                return branch.id
    message = "Say which branch you mean; GET /api/v1/branches lists yours."
    raise BranchRequired(
        message, errors=[FieldError(field="branch_id", code=BranchRequired.code, message=message)]
    )
