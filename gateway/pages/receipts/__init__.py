"""What follows a payment: its receipt on a roll, and its reversal."""
