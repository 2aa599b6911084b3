"""Whether the facts call for a play: a file a subject."""
