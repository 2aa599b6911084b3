"""The facts of a review: a file a subject, all customers at once."""
