"""A rep's week: scores, objections, trends, focus; digests and the summary of the team."""
