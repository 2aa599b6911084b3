"""Call intelligence: sentiment, summaries, vectors, scores; what a call means for its deal."""
