"""Gong: its API and folders of its answers."""
