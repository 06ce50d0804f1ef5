"""A customer's own pages: details, paying, payments, invoices."""
