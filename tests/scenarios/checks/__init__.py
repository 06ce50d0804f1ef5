"""The checker: what must hold after any story and any fault, read from databases, API, mails and files."""
