"""Reminders: who owes, who is reminded, what the mail says, and each branch's schedule."""
