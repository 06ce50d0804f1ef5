"""Where Alembic begins: on the connection that chassis.migrations hands over."""

from chassis.migrations import run_environment
from notify.tables import Base

run_environment(Base.metadata)
