"""What customers say of the matter: courtesy out, facts of the trade in, fitted words besides."""
