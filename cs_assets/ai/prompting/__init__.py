"""Prompts with versions, and the golden cases that an edit of one must pass."""
