"""Branches and roles that the signed-in person may choose among."""

from collections.abc import Iterable

from flask import g

from contracts.actor import ROLE_RANK, Role
from contracts.cards import BranchCard
from gateway.pages.formats import role_text

_STAFF = (Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN, Role.MANAGER, Role.ADMIN)


def branch_choices(branches: Iterable[BranchCard]) -> list[tuple[str, str]]:
    """Each branch by its name and code."""
    return [(str(branch.id), f"{branch.name} ({branch.code})") for branch in branches]


def role_choices() -> list[tuple[str, str]]:
    """The roles of staff that are not above the caller's own; the service checks it once more."""
    own = ROLE_RANK[g.caller.me.role]
    return [(role.value, role_text(role)) for role in _STAFF if ROLE_RANK[role] <= own]
