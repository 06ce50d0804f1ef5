"""The first page: what is running, and who is signed in."""
