"""Settings: branches, plans, staff, the words of e-mails, the mail server, languages; a module each."""
