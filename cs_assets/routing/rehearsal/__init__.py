"""What would be: rebalancing, what-if, past months again. Stores nothing."""
