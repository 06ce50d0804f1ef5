"""Money: plans, subscriptions, charges, journal, invoices, payments, dues and dunning."""
