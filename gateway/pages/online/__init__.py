"""Online payments that staff confirm, refuse or give back."""
