"""Erasure of a person or a customer: who is meant, what of them is where, and what stays."""
