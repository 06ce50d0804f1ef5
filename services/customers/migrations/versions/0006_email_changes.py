"""New e-mail addresses that wait for confirmation.

Revision ID: 0006_email_changes
Revises: 0005_password_codes
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0006_email_changes"
down_revision = "0005_password_codes"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "email_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", chassis.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", chassis.columns.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_email_changes_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_changes")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_email_changes_token_hash")),
    )
    op.create_index(
        "ix_email_changes_customer_id", "email_changes", ["customer_id", "issued_at"], unique=False
    )
    op.create_index(op.f("ix_email_changes_expires_at"), "email_changes", ["expires_at"], unique=False)


def downgrade():
    op.drop_table("email_changes")
