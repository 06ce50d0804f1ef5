"""What is in the databases before an import."""

from collections.abc import Mapping as Lookup
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.tables import Plan
from contracts.cards import BranchCard
from customers.cards import branch_card
from customers.tables import Branch
from deploy.imports.databases import Databases


def branches_by_code(session: Session) -> dict[str, BranchCard]:
    """Every branch."""
    return {branch.code: branch_card(branch) for branch in session.scalars(select(Branch))}


def plans_by_branch(databases: Databases, branches: Lookup[str, BranchCard]) -> dict[str, dict[str, str]]:
    """The plans of each branch: their service by their code."""
    code_of = {card.id: code for code, card in branches.items()}
    found: dict[str, dict[str, str]] = {}
    with databases.billing.reading() as session:
        for branch_id, code, service in session.execute(select(Plan.branch_id, Plan.code, Plan.service)):
            if branch_id in code_of:
                found.setdefault(code_of[branch_id], {})[code] = service
    return found


def plan_ids(session: Session, branch_ids: set[UUID]) -> dict[tuple[UUID, str], UUID]:
    """The ids of the plans of these branches."""
    rows = session.execute(select(Plan.branch_id, Plan.code, Plan.id).where(Plan.branch_id.in_(branch_ids)))
    return {(branch_id, code): plan_id for branch_id, code, plan_id in rows}
