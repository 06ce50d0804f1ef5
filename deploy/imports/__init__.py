"""`headend import`: customers and their subscriptions from files and from other programs."""
