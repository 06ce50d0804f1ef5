"""Cash desks, the cash that moved at them, and a branch's payments by day.

Revision ID: 0006_cash_desk
Revises: 0005_online_payments
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0006_cash_desk"
down_revision = "0005_online_payments"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")


def upgrade():
    op.create_table(
        "cash_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("cashier", sa.String(length=200), nullable=False),
        sa.Column("cashier_name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("opened_at", chassis.columns.UtcDateTime(), nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", chassis.columns.UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=200), nullable=True),
        sa.Column("expected_minor", sa.BigInteger(), nullable=True),
        sa.Column("counted_minor", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entries.id"], name=op.f("fk_cash_sessions_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_sessions")),
    )
    op.create_index(
        "uq_cash_sessions_open",
        "cash_sessions",
        ["cashier"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        op.f("ix_cash_sessions_branch_id_business_date"), "cash_sessions", ["branch_id", "business_date"]
    )
    op.create_table(
        "cash_lines",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_cash_lines_payment_id")),
        sa.ForeignKeyConstraint(["session_id"], ["cash_sessions.id"], name=op.f("fk_cash_lines_session_id")),
        sa.PrimaryKeyConstraint("payment_id", "kind", name=op.f("pk_cash_lines")),
    )
    op.create_index(op.f("ix_cash_lines_session_id"), "cash_lines", ["session_id"])
    op.create_index(op.f("ix_payments_branch_id_paid_on"), "payments", ["branch_id", "paid_on"])
    op.create_index(op.f("ix_payment_voids_voided_on"), "payment_voids", ["voided_on"])


def downgrade():
    op.drop_index("ix_payment_voids_voided_on", table_name="payment_voids")
    op.drop_index("ix_payments_branch_id_paid_on", table_name="payments")
    op.drop_table("cash_lines")
    op.drop_table("cash_sessions")
