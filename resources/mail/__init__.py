"""Mail: a file a provider, and the choice among them."""
