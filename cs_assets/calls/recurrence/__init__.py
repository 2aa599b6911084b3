"""What recurs over the calls of some weeks, as a weekly table."""
