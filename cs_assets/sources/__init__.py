"""Source tables: loaded from files or observed as views, and held against their contracts."""
