"""Taking payments at the desk, and showing what was taken."""
