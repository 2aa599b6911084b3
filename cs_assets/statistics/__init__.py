"""Whether a difference is more than chance: computed once, stored, and quoted by every text."""
