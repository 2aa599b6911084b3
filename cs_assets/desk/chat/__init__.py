"""The desk in Slack: questions from a slash command, owners approved with a button."""
