"""The book of a CSM or of all below a manager: which review to open first, and why."""
