"""Payments that customers make by themselves.

Revision ID: 0005_online_payments
Revises: 0004_reminders
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0005_online_payments"
down_revision = "0004_reminders"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "online_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=35), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.Column("received_minor", sa.BigInteger(), nullable=True),
        sa.Column("received_currency", sa.String(length=3), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("payment_number", sa.String(length=40), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("started_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("caller", sa.String(length=200), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_online_payments_positive")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_online_payments_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_payments")),
        sa.UniqueConstraint(
            "caller", "idempotency_key", name=op.f("uq_online_payments_caller_idempotency_key")
        ),
        sa.UniqueConstraint("code", name=op.f("uq_online_payments_code")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_online_payments_payment_id")),
    )
    op.create_index(
        op.f("ix_online_payments_customer_id_started_at"), "online_payments", ["customer_id", "started_at"]
    )
    op.create_index(
        op.f("ix_online_payments_state_branch_id_changed_at"),
        "online_payments",
        ["state", "branch_id", "changed_at"],
    )
    taken = sa.text("state IN ('awaiting', 'settled', 'unallocated')")
    op.create_index(
        "uq_online_payments_reference",
        "online_payments",
        ["branch_id", "reference"],
        unique=True,
        sqlite_where=taken,
        postgresql_where=taken,
    )


def downgrade():
    op.drop_table("online_payments")
