"""From accounts and books to a recommendation that a checker has confirmed."""
