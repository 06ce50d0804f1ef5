"""How Headend is run: the `headend` command and the embedded runner."""
