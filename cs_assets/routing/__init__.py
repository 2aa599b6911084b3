"""Who should own an account: books, rules, a certified optimum, reasons, decisions."""
