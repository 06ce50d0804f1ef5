"""Codes by e-mail for a forgotten password.

Revision ID: 0005_password_codes
Revises: 0004_complaints
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0005_password_codes"
down_revision = "0004_complaints"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "password_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("login_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("issued_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", chassis.columns.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["login_id"], ["logins.id"], name=op.f("fk_password_codes_login_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_codes")),
    )
    op.create_index("ix_password_codes_account", "password_codes", ["account", "issued_at"], unique=False)
    op.create_index(op.f("ix_password_codes_expires_at"), "password_codes", ["expires_at"], unique=False)
    op.create_index("ix_password_codes_login_id", "password_codes", ["login_id", "issued_at"], unique=False)


def downgrade():
    op.drop_table("password_codes")
