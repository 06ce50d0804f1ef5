"""One module per verb: a function that takes a Session, values and a clock, and commits nothing."""
