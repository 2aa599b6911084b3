"""CRMs that are told who owns an account."""
