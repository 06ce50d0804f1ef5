"""The next events to be reacted to are found in their order, however many wait.

Revision ID: 0006_inbox_due
Revises: 0005_audit
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_inbox_due"
down_revision = "0005_audit"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")


def upgrade():
    _replace("ix_inbox_pending", "ix_inbox_due", ["next_attempt_at", "received_at"])


def downgrade():
    _replace("ix_inbox_due", "ix_inbox_pending", ["next_attempt_at"])


def _replace(old, new, columns):
    # In this order: to take the table wholly when one has it in part is how deadlocks with those at work arise.
    op.drop_index(old, table_name="inbox")
    op.create_index(new, "inbox", columns, sqlite_where=_PENDING, postgresql_where=_PENDING)
