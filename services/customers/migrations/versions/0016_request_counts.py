"""How many requests of this minute were handed out, by person, program or address.

Revision ID: 0016_request_counts
Revises: 0015_audit
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0016_request_counts"
down_revision = "0015_audit"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "request_counts",
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("window_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_request_counts")),
    )
    op.create_index(op.f("ix_request_counts_window_at"), "request_counts", ["window_at"])


def downgrade():
    op.drop_table("request_counts")
