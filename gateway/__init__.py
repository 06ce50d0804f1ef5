"""The one door: REST API and web pages; no database, no business rule."""
