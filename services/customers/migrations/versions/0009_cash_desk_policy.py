"""Whether a branch takes cash only at an open cash desk.

Revision ID: 0009_cash_desk_policy
Revises: 0008_branch_accounts
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_cash_desk_policy"
down_revision = "0008_branch_accounts"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "branches", sa.Column("cash_desk", sa.String(length=20), nullable=False, server_default="optional")
    )


def downgrade():
    op.drop_column("branches", "cash_desk")
