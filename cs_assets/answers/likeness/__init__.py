"""Questions known by likeness: what people say in other words than the documented ones."""
