"""Plumbing without a business word in it: settings, clock, database, outbox, inbox, jobs, calls, logs, metrics, health."""
