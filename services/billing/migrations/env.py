"""Where Alembic begins: on the connection that chassis.migrations hands over."""

from billing.tables import Base
from chassis.migrations import run_environment

run_environment(Base.metadata)
