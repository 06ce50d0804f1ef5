"""What crosses the bus: events, calls, money, actors and refusals, as plain models without I/O."""
