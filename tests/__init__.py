"""Headend's tests, and the real servers that some of them need."""
