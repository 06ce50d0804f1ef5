"""The audit log.

Revision ID: 0007_audit
Revises: 0006_cash_desk
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0007_audit"
down_revision = "0006_cash_desk"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "audit",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("trace", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("via", sa.String(length=80), nullable=False),
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=80), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("branch_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sequence", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_at", "audit", ["at", "id"])
    op.create_index("ix_audit_subject", "audit", ["subject", "at", "id"])
    for column in ("customer_id", "branch_id"):
        named = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_audit_{column}", "audit", [column, "at", "id"], sqlite_where=named, postgresql_where=named
        )
    unchained = sa.text("sequence IS NULL")
    op.create_index("ix_audit_sequence", "audit", ["sequence"], unique=True)
    op.create_index("ix_audit_unchained", "audit", ["id"], sqlite_where=unchained, postgresql_where=unchained)


def downgrade():
    op.drop_table("audit")
