"""Executive reviews: facts of a week, texts proved against them, and their editions."""
