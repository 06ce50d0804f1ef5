"""Rules of messages: retry schedule, states, wording. No database, bus or clock in sight."""
