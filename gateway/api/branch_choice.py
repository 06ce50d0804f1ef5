"""The branch that is meant when a request names none: the caller's only one, or MAIN for who sees all."""

from uuid import UUID

from flask import g

from contracts.calls.customers import ListBranches
from contracts.errors import FieldError, RuleBroken
from gateway.rpc import ask


class BranchRequired(RuleBroken):
    """The caller has several branches, and the request does not say which one is meant."""

    code = "branch_required"


def branch_or_default(branch_id: UUID | None) -> UUID:
    """The branch given, else the obvious one. Raises BranchRequired when there is no obvious one."""
    if branch_id is not None:
        return branch_id
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
