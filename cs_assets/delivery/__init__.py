"""The outbox: plan, send, recover. Never twice by itself, never silently lost."""
