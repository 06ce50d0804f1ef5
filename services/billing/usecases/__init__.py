"""One module per verb: a function taking a session, a request, an actor and a clock; it commits nothing."""
