"""One module per verb; each takes a Session, a clock and values, and commits nothing."""
