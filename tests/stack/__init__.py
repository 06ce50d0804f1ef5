"""Headend as a whole, started as operators start it and driven from outside: embedded, or real with replicas."""
