"""How people and tools read customers: lists, search, views, exports."""
