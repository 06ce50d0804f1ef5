"""`headend doctor`: what is wrong with an installation, in words, since when, and what to do about it."""
