"""One module per kind of fact: how an event changes the read model, in any order and any number of times."""
