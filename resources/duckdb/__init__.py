"""The embedded warehouse: one DuckDB file, its dialect and its queue."""
