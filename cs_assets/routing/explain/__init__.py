"""Why this CSM and nobody else: terms, audit, what would change it, text."""
