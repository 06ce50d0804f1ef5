"""Standing reports, and the list of reports

Revision ID: 0004_standing_reports
Revises: 0003_figures
"""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0004_standing_reports"
down_revision = "0003_figures"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("reports", sa.Column("monthly", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(op.f("ix_reports_requested_at_id"), "reports", ["requested_at", "id"])
    op.create_table(
        "standing_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("service_kind", sa.String(length=20), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=True),
        sa.Column("selection", sa.String(length=20), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("first_period", sa.String(length=7), nullable=False),
        sa.Column("created_at", chassis.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_reports")),
    )
    op.create_index(op.f("ix_standing_reports_staff_id"), "standing_reports", ["staff_id"])
    op.create_table(
        "report_readers",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("told_at", chassis.columns.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_report_readers_report_id")),
        sa.PrimaryKeyConstraint("report_id", "staff_id", name=op.f("pk_report_readers")),
    )


def downgrade():
    op.drop_table("report_readers")
    op.drop_table("standing_reports")
    op.drop_index(op.f("ix_reports_requested_at_id"), "reports")
    op.drop_column("reports", "monthly")
