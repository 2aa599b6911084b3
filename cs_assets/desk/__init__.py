"""The desk: pages in which CSMs, managers, reps and CS operations do their work."""
