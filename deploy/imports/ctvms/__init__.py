"""Taking over from CTVMS: the ten tables of a cable operator's Access database, exported as CSV."""

from deploy.imports.ctvms.taking_over import import_ctvms

__all__ = ["import_ctvms"]
