"""Rules about people and places that need no database, bus or clock."""
