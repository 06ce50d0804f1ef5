"""Accounts of a branch that customers may pay to.

Revision ID: 0008_branch_accounts
Revises: 0007_reminder_policy
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_branch_accounts"
down_revision = "0007_reminder_policy"
branch_labels = None
depends_on = None

_COLUMNS = (("upi_id", 100), ("iban", 34), ("bic", 11), ("account_name", 70))


def upgrade():
    for name, length in _COLUMNS:
        op.add_column("branches", sa.Column(name, sa.String(length), nullable=False, server_default=""))


def downgrade():
    for name, _ in _COLUMNS:
        op.drop_column("branches", name)
