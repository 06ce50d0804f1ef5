"""Complaints of this program: numbers, states, history; those of an import become ordinary ones."""

import sqlalchemy as sa
from alembic import op

import chassis.columns

revision = "0004_complaints"
down_revision = "0003_history"
branch_labels = None
depends_on = None

_MOMENT = chassis.columns.UtcDateTime(timezone=True)
_KIND = sa.text(
    "CASE WHEN lower(complaints_before.kind) LIKE '%signal%' THEN 'no_signal' WHEN lower(complaints_before.kind) LIKE '%set-top%' THEN 'set_top_box' "
    "WHEN lower(complaints_before.kind) LIKE '%set top%' THEN 'set_top_box' WHEN lower(complaints_before.kind) LIKE '%speed%' THEN 'speed' "
    "WHEN lower(complaints_before.kind) LIKE '%billing%' THEN 'billing' WHEN lower(complaints_before.kind) LIKE '%broadband%' THEN 'broadband' "
    "ELSE 'other' END"
)
_OPEN = sa.text("state = 'open'")


def upgrade():
    op.add_column(
        "branches", sa.Column("complaint_reopen_days", sa.Integer(), server_default="7", nullable=False)
    )
    op.rename_table("complaints", "complaints_before")
    op.drop_index("ix_complaints_customer_id", "complaints_before")
    if op.get_bind().dialect.name == "postgresql":  # names of constraints are a schema's there, not a table's
        op.execute("ALTER TABLE complaints_before DROP CONSTRAINT pk_complaints")
        op.execute("ALTER TABLE complaints_before DROP CONSTRAINT uq_complaints_source_number")
    _make_tables()
    _take_over()
    op.drop_table("complaints_before")


def _make_tables():
    op.create_table(
        "complaints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("filed_at", _MOMENT, nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.String(length=200), nullable=False),
        sa.Column("read_at", _MOMENT, nullable=True),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", _MOMENT, nullable=True),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("source_number", sa.String(length=40), nullable=True),
        sa.Column("source_kind", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_complaints_branch_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_complaints_customer_id")),
        sa.ForeignKeyConstraint(["assigned_to"], ["staff.id"], name=op.f("fk_complaints_assigned_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("number", name=op.f("uq_complaints_number")),
        sa.UniqueConstraint("source", "source_number", name=op.f("uq_complaints_source_source_number")),
    )
    op.create_index("ix_complaints_by_time", "complaints", ["filed_at", "id"])
    op.create_index("ix_complaints_by_branch", "complaints", ["branch_id", "filed_at", "id"])
    op.create_index("ix_complaints_by_customer", "complaints", ["customer_id", "filed_at", "id"])
    for name, columns in (
        ("ix_complaints_open", ["branch_id", "read_at"]),
        ("ix_complaints_assigned", ["assigned_to"]),
    ):
        op.create_index(name, "complaints", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "complaint_moves",
        sa.Column("id", chassis.columns.BigId, autoincrement=True, nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_subject", sa.String(length=100), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_moves_complaint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_moves")),
    )
    op.create_index("ix_complaint_moves_complaint_id", "complaint_moves", ["complaint_id", "id"])


def _take_over():
    """Imported complaints keep their old number inside the new one, and their old kind beside ours."""
    before = sa.table("complaints_before", *(sa.column(name) for name in (
        "source", "number", "kind", "message", "is_read", "is_resolved",
    )), sa.column("id", sa.Uuid()), sa.column("customer_id", sa.Uuid()), sa.column("imported_at", _MOMENT))  # fmt: skip
    people = sa.table("customers", sa.column("id", sa.Uuid()), sa.column("branch_id", sa.Uuid()))
    now = sa.table("complaints", *(sa.column(name) for name in (
        "id", "number", "branch_id", "customer_id", "kind", "message", "state", "filed_at", "filed_on", "filed_by",
        "read_at", "resolved_at", "resolved_on", "resolution", "source", "source_number", "source_kind",
    )))  # fmt: skip
    moves = sa.table("complaint_moves", *(sa.column(name) for name in (
        "complaint_id", "step", "text", "by_subject", "by_name", "at",
    )))  # fmt: skip
    read, done = before.c.is_read, before.c.is_resolved
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    day = sa.func.date(before.c.imported_at) if on_sqlite else sa.cast(before.c.imported_at, sa.Date())
    taken = sa.select(
        before.c.id, sa.func.replace(before.c.source, " ", "-") + "-" + before.c.number, people.c.branch_id,
        before.c.customer_id, _KIND, before.c.message,
        sa.case((done.is_(sa.true()), "resolved"), else_="open"), before.c.imported_at, day, before.c.source,
        sa.case((read.is_(sa.true()), before.c.imported_at)), sa.case((done.is_(sa.true()), before.c.imported_at)),
        sa.case((done.is_(sa.true()), day)), sa.case((done.is_(sa.true()), "")),
        before.c.source, before.c.number, before.c.kind,
    ).select_from(before.join(people, people.c.id == before.c.customer_id))  # fmt: skip
    op.execute(sa.insert(now).from_select([column.name for column in now.columns], taken))
    filed = sa.select(
        before.c.id, sa.literal("filed"), sa.literal(""), sa.literal("service:customers"), before.c.source,
        before.c.imported_at,
    )  # fmt: skip
    op.execute(sa.insert(moves).from_select([column.name for column in moves.columns], filed))


def downgrade():
    raise NotImplementedError(
        "the table before this revision has no room for complaints that were filed since"
    )
