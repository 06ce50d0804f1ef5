"""API tokens of staff, for programs.

Revision ID: 0013_api_tokens
Revises: 0012_session_whereabouts
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0013_api_tokens"
down_revision = "0012_session_whereabouts"
branch_labels = None
depends_on = None


def upgrade():
    moment = chassis.columns.UtcDateTime(timezone=True)
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", chassis.columns.Json, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("last_used_at", moment, nullable=True),
        sa.Column("revoked_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["login_id"], ["logins.id"], name=op.f("fk_api_tokens_login_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index("ix_api_tokens_login_id", "api_tokens", ["login_id"])


def downgrade():
    op.drop_table("api_tokens")
