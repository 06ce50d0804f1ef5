"""Backups of an installation, and what brings one back (docs/backup.md)."""
