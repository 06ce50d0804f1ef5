"""Numbers that a restore has skipped, so that none is given twice.

Revision ID: 0008_number_gaps
Revises: 0007_audit
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0008_number_gaps"
down_revision = "0007_audit"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "number_gaps",
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("branch_id", "series", "year", "first", name=op.f("pk_number_gaps")),
    )


def downgrade():
    op.drop_table("number_gaps")
