"""Own words of letters

Revision ID: 0004_own_words
Revises: 0003_failed_messages
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0004_own_words"
down_revision = "0003_failed_messages"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "template_overrides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_overrides")),
        sa.UniqueConstraint(
            "template",
            "locale",
            "branch_id",
            "version",
            name=op.f("uq_template_overrides_template_locale_branch_id_version"),
        ),
    )
    op.create_index(
        "uq_template_overrides_common",
        "template_overrides",
        ["template", "locale", "version"],
        unique=True,
        sqlite_where=sa.text("branch_id IS NULL"),
        postgresql_where=sa.text("branch_id IS NULL"),
    )


def downgrade():
    op.drop_table("template_overrides")
