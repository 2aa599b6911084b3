"""The digest of a rep and the summary of a team: facts, words, pages, proof."""
