"""Calls in: read from Gong or its files, stored raw, staged, withdrawn when they turn private."""
