"""Paper: a read model fed by events, and invoices and reports drawn from it."""
