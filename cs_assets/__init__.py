"""Dagster assets for customer success and sales coaching."""
