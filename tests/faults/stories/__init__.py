"""The stories of the faults; each module enters its own into the table."""
