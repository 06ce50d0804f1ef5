"""Where Alembic begins: on the connection that chassis.migrations hands over."""

import reports.report_tables  # noqa: F401  # its tables belong to the same metadata
from chassis.migrations import run_environment
from reports.tables import Base

run_environment(Base.metadata)
