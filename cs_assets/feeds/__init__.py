"""Which data are there: a zero is told from what is late, missing, or before the beginning."""
