"""Where Alembic begins: on the connection that chassis.migrations hands over."""

import reports.report_tables  # its tables belong to the same metadata
import reports.standing_tables  # noqa: F401  # the same
from chassis.migrations import run_environment
from reports.tables import Base

run_environment(Base.metadata)
