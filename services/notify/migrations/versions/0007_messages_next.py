"""The next messages to be sent are found in their order, however many wait.

Revision ID: 0007_messages_next
Revises: 0006_inbox_due
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_messages_next"
down_revision = "0006_inbox_due"
branch_labels = None
depends_on = None

_DUE = sa.text("next_attempt_at IS NOT NULL")


def upgrade():
    _replace("ix_messages_due", "ix_messages_next", ["priority", "next_attempt_at", "created_at"])


def downgrade():
    _replace("ix_messages_next", "ix_messages_due", ["priority", "next_attempt_at"])


def _replace(old, new, columns):
    # In this order: to take the table wholly when one has it in part is how deadlocks with those at work arise.
    op.drop_index(old, table_name="messages")
    op.create_index(new, "messages", columns, sqlite_where=_DUE, postgresql_where=_DUE)
