"""Customers: finding them, and the page of one as the hub of everything about them."""
