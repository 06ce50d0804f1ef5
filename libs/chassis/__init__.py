"""Plumbing without a business word: settings, clock, database, outbox, inbox, jobs, calls, logs, metrics, health."""
