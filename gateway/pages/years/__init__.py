"""A customer's year, month by month."""
