"""Where Alembic begins: on the connection that chassis.migrations hands over."""

import customers.api_token_table  # its tables belong to the same metadata
import customers.complaint_tables  # its tables belong to the same metadata
import customers.signin_tables  # its tables belong to the same metadata
import customers.two_step_tables  # noqa: F401  # its tables belong to the same metadata
from chassis.migrations import run_environment
from customers.tables import Base

run_environment(Base.metadata)
