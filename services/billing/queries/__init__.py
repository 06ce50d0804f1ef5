"""Reads: what an actor sees of plans, subscriptions, dues, payments, invoices and runs."""
