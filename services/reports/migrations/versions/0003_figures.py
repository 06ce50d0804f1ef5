"""Figures of the dashboard, and the changes that wait to be added to them.

They are filled by the job count-figures, which counts them from the read model at the first start.

Revision ID: 0003_figures
Revises: 0002_inbox_subject
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_figures"
down_revision = "0002_inbox_subject"
branch_labels = None
depends_on = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of():
    return [
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.String(length=10), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
    ]


def _amounts():
    return [
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
    ]


def upgrade():
    op.create_table(
        "figures",
        *_of(),
        *_amounts(),
        sa.PrimaryKeyConstraint(
            "kind", "branch_id", "at", "service", "detail", "currency", name=op.f("pk_figures")
        ),
    )
    op.create_table(
        "figure_changes",
        sa.Column("id", _BIG_ID, autoincrement=True, nullable=False),
        *_of(),
        *_amounts(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_changes")),
    )


def downgrade():
    op.drop_table("figure_changes")
    op.drop_table("figures")
