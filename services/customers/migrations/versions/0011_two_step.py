"""Two-step sign-in of staff, and the history of how people sign in.

Revision ID: 0011_two_step
Revises: 0010_staff_logins
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0011_two_step"
down_revision = "0010_staff_logins"
branch_labels = None
depends_on = None


def upgrade():
    moment = chassis.columns.UtcDateTime(timezone=True)
    op.create_table(
        "two_steps",
        sa.Column("login_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("confirmed_at", moment, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["login_id"], ["logins.id"], name=op.f("fk_two_steps_login_id")),
        sa.PrimaryKeyConstraint("login_id", name=op.f("pk_two_steps")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["login_id"], ["logins.id"], name=op.f("fk_recovery_codes_login_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index("ix_recovery_codes_login_id", "recovery_codes", ["login_id"])
    op.create_table(
        "two_step_roles",
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_two_step_roles")),
    )
    op.create_table(
        "sign_in_history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("by_subject", sa.String(length=100), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(["login_id"], ["logins.id"], name=op.f("fk_sign_in_history_login_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_history")),
    )
    op.create_index("ix_sign_in_history_login_id", "sign_in_history", ["login_id", "at"])
    op.add_column(
        "sessions", sa.Column("needs_code", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade():
    op.drop_column("sessions", "needs_code")
    op.drop_table("sign_in_history")
    op.drop_table("two_step_roles")
    op.drop_table("recovery_codes")
    op.drop_table("two_steps")
