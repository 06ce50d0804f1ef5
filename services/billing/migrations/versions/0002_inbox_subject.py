"""Events received say whom they are about, so that erasing a person finds them.

Revision ID: 0002_inbox_subject
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_inbox_subject"
down_revision = "0001"
branch_labels = None
depends_on = None

_OF_ROWS_THAT_ARE_THERE = {
    "postgresql": "UPDATE inbox SET subject_id = CAST(COALESCE(body->'customer'->>'id', body->>'customer_id') AS uuid)",
    "sqlite": "UPDATE inbox SET subject_id = "
    "replace(COALESCE(json_extract(body, '$.customer.id'), json_extract(body, '$.customer_id')), '-', '')",
}
_NAMED = sa.text("subject_id IS NOT NULL")


def upgrade():
    op.add_column("inbox", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.execute(_OF_ROWS_THAT_ARE_THERE[op.get_bind().dialect.name])
    op.create_index("ix_inbox_subject", "inbox", ["subject_id"], sqlite_where=_NAMED, postgresql_where=_NAMED)


def downgrade():
    op.drop_index("ix_inbox_subject", table_name="inbox")
    op.drop_column("inbox", "subject_id")
