"""Slack: webhook, bot, or files in the outbox."""
