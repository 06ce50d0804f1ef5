"""Promises to pay, what a dunning run was chosen for, areas of customers, and an index of who owes longest."""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0004_reminders"
down_revision = "0003_fees_of_customer"
branch_labels = None
depends_on = None

_OPEN = sa.text("settled_minor < amount_minor")
_STANDING = sa.text("withdrawn_at IS NULL")


def upgrade():
    op.add_column("runs", sa.Column("choice", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("reminders", sa.Column("stage", sa.String(length=10), nullable=True))
    op.add_column(
        "customers_copy", sa.Column("area_key", sa.String(length=200), server_default="", nullable=False)
    )
    # As domain/reminding.py compares areas, as far as SQL can; the next change of a customer sets it exactly.
    sqlite = op.get_bind().dialect.name == "sqlite"
    area = "json_extract(card, '$.address.area')" if sqlite else "card -> 'address' ->> 'area'"
    op.execute(f"UPDATE customers_copy SET area_key = substr(lower(trim(coalesce({area}, ''))), 1, 200)")  # noqa: S608 - one of two constants
    op.create_index(op.f("ix_customers_copy_branch_id_area_key"), "customers_copy", ["branch_id", "area_key"])
    op.create_index(
        "ix_charges_by_age", "charges", ["period", "customer_id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
    op.create_table(
        "promises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("promised_until", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_by_name", sa.String(length=200), nullable=False),
        sa.Column("made_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", chassis.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(
        "uq_promises_standing", "promises", ["customer_id"], unique=True, sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )  # fmt: skip


def downgrade():
    op.drop_table("promises")
    op.drop_index("ix_charges_by_age", "charges")
    op.drop_index(op.f("ix_customers_copy_branch_id_area_key"), "customers_copy")
    for table, column in (("customers_copy", "area_key"), ("reminders", "stage"), ("runs", "choice")):
        op.drop_column(table, column)
