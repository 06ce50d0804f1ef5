"""The cash desk and the day sheets."""
