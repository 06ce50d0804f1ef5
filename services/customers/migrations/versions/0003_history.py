"""A customer's history has every change; personal data can be erased; lists by area and by age.

Revision ID: 0003_history
Revises: 0002_inbox_subject
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0003_history"
down_revision = "0002_inbox_subject"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "customer_history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("changes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("by_subject", sa.String(length=100), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_history_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_history")),
    )
    op.create_index("ix_customer_history_customer_id", "customer_history", ["customer_id", "at"])
    op.execute(
        "INSERT INTO customer_history (id, customer_id, kind, reason, changes, by_subject, by_name, at) "
        "SELECT id, customer_id, CASE state WHEN 'active' THEN 'restored' ELSE state END, reason, '[]', by_subject, "
        "by_name, at FROM customer_moves"
    )
    op.drop_index("ix_customer_moves_customer_id", table_name="customer_moves")
    op.drop_table("customer_moves")
    op.add_column(
        "customers", sa.Column("erased_at", chassis.columns.UtcDateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_customers_by_area", "customers", ["area", "name_key", "id"])
    op.create_index("ix_customers_by_age", "customers", ["created_at", "id"])


def downgrade():
    op.drop_index("ix_customers_by_age", table_name="customers")
    op.drop_index("ix_customers_by_area", table_name="customers")
    op.drop_column("customers", "erased_at")
    op.create_table(
        "customer_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_subject", sa.String(length=100), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_moves_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_moves")),
    )
    op.create_index("ix_customer_moves_customer_id", "customer_moves", ["customer_id"])
    op.execute(
        "INSERT INTO customer_moves (id, customer_id, state, reason, by_subject, by_name, at) "
        "SELECT id, customer_id, CASE kind WHEN 'restored' THEN 'active' ELSE kind END, reason, by_subject, by_name, at "
        "FROM customer_history WHERE kind IN ('restored', 'deactivated')"
    )
    op.drop_index("ix_customer_history_customer_id", table_name="customer_history")
    op.drop_table("customer_history")
