"""Snowflake: sessions, set-up, grants, errors."""
