"""Figures as facts, text with slots, quotes that can be found: the trust part of every report."""
