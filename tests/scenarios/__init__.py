"""Months go by: a whole operator's month driven from outside, then checked from outside (`make scenario`)."""
