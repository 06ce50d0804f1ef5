"""One module per verb; each takes a Session and values, and commits nothing."""
