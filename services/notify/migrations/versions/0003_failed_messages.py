"""An index of messages that failed, so that counting them costs as much as there are.

Revision ID: 0003_failed_messages
Revises: 0002_inbox_subject
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_failed_messages"
down_revision = "0002_inbox_subject"
branch_labels = None
depends_on = None

_FAILED = sa.text("state = 'failed'")


def upgrade():
    op.create_index(
        "ix_messages_failed", "messages", ["created_at"], sqlite_where=_FAILED, postgresql_where=_FAILED
    )


def downgrade():
    op.drop_index("ix_messages_failed", table_name="messages")
