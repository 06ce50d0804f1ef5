"""Making a read model anew from the events that its producers kept (decision 0013)."""
