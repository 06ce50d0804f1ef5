"""How a branch reminds: days between two reminders, and stages."""

import sqlalchemy as sa
from alembic import op

revision = "0007_reminder_policy"
down_revision = "0006_email_changes"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "branches", sa.Column("reminder_pause_days", sa.Integer(), server_default="7", nullable=False)
    )
    op.add_column("branches", sa.Column("reminder_stages", sa.JSON(none_as_null=True), nullable=True))


def downgrade():
    op.drop_column("branches", "reminder_stages")
    op.drop_column("branches", "reminder_pause_days")
