"""Text messages to telephones: which provider, and its transport."""
