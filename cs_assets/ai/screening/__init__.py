"""What may leave for a model, and what of a model's text may be shown."""
