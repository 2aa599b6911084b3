"""A letter or post as bytes: headers, parts, limits. Knows no provider."""
