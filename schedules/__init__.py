"""When runs start: one file a rhythm."""
