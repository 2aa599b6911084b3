"""Words from models or rules: one interface, checked against facts, counted and cached."""
