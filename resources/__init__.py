"""What touches the outside: warehouse, models, Gong, mail, Slack, files, settings."""
