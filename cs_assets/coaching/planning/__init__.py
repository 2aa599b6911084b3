"""What a rep works on next: where each behaviour stands, one focus, its moments."""
