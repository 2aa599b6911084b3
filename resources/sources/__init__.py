"""Source tables from files."""
