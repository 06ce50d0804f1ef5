"""Rules about the code itself that no other tool checks; each names the rule and what to do when it is broken."""
