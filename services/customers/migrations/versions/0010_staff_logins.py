"""An index of the staff's logins by user name, beside those of all customers.

Revision ID: 0010_staff_logins
Revises: 0009_cash_desk_policy
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_staff_logins"
down_revision = "0009_cash_desk_policy"
branch_labels = None
depends_on = None

_OF_STAFF = sa.text("staff_id IS NOT NULL")


def upgrade():
    op.create_index(
        "ix_logins_staff", "logins", ["username_key"], sqlite_where=_OF_STAFF, postgresql_where=_OF_STAFF
    )


def downgrade():
    op.drop_index("ix_logins_staff", "logins")
