"""Words: templates, messages, e-mail and SMS, sent in answer to events."""
