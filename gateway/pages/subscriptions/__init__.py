"""What a customer subscribes to: add, stop, reactivate, close; and fees."""
