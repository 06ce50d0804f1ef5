"""Plumbing without a business word in it: settings, clock, database, bus, jobs and logs."""
