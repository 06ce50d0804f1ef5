"""Complaints: staff handle them, customers file and follow theirs."""
