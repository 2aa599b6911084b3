"""A report as PDF, page, slides, mail and viewer: same words, same charts."""
