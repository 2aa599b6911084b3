"""Models: Claude, Cortex, and the writer that the settings choose."""
