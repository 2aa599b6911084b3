"""Questions that can be answered, and answers of facts with their proof."""
