"""The database's history, run by chassis.migrations."""
