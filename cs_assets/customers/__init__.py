"""Customer intelligence by week: adoption, metrics, segments, health, next actions."""
