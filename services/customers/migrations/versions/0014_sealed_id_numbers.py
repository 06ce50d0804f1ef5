"""ID numbers are encrypted, and masked in histories; what is there already is encrypted by a job, chunk by chunk.

Revision ID: 0014_sealed_id_numbers
Revises: 0013_api_tokens
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_sealed_id_numbers"
down_revision = "0013_api_tokens"
branch_labels = None
depends_on = None

REWRITES = "ID numbers in histories become masks; the old version shows them as any other text"

_PLAIN = sa.text("id_number <> ''")
_HISTORY = sa.table("customer_history", sa.column("id", sa.Uuid()), sa.column("changes", sa.JSON()))


def upgrade():
    op.add_column("customers", sa.Column("id_number_sealed", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "customers", sa.Column("id_number_masked", sa.String(length=8), server_default="", nullable=False)
    )
    op.create_index(
        "ix_customers_plain_id_number", "customers", ["id"], sqlite_where=_PLAIN, postgresql_where=_PLAIN
    )
    connection = op.get_bind()
    telling = sa.cast(_HISTORY.c.changes, sa.Text).like('%"id_number"%')
    for row in connection.execute(sa.select(_HISTORY).where(telling)).all():
        changes = [
            [field, *map(_masked, texts)] if field == "id_number" else [field, *texts]
            for field, *texts in row.changes
        ]
        connection.execute(_HISTORY.update().where(_HISTORY.c.id == row.id).values(changes=changes))


def _masked(number):
    return ("••••" + (number[-4:] if len(number) >= 8 else "")) if number else ""


def downgrade():
    op.drop_index("ix_customers_plain_id_number", "customers")
    op.drop_column("customers", "id_number_masked")
    op.drop_column("customers", "id_number_sealed")
