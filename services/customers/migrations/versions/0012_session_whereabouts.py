"""From where a session was opened, roughly.

Revision ID: 0012_session_whereabouts
Revises: 0011_two_step
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_session_whereabouts"
down_revision = "0011_two_step"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("sessions", sa.Column("address", sa.String(length=60), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("browser", sa.String(length=60), server_default="", nullable=False))


def downgrade():
    op.drop_column("sessions", "browser")
    op.drop_column("sessions", "address")
