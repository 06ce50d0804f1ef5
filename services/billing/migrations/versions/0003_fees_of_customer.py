"""An index of fees by customer: a year of one customer is read without looking at anybody else's charges.

Revision ID: 0003_fees_of_customer
Revises: 0002_inbox_subject
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_fees_of_customer"
down_revision = "0002_inbox_subject"
branch_labels = None
depends_on = None

_FEES = sa.text("kind = 'fee'")


def upgrade():
    op.create_index(
        "ix_charges_fees", "charges", ["customer_id", "period"], sqlite_where=_FEES, postgresql_where=_FEES
    )


def downgrade():
    op.drop_index("ix_charges_fees", table_name="charges")
