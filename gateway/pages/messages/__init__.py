"""Messages to customers: what was sent, what failed, and sending again."""
