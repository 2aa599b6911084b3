"""From a fact sheet to three sections of text, proved against it."""
