"""The rules of money: plain functions and dataclasses, no database, bus or clock."""
