"""Faults made on purpose under load, each healed within a minute and then checked (`make faults`)."""
