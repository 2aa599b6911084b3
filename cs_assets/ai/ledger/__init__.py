"""Every model call written down before it is made; what they used and cost."""
