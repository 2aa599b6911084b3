"""What a review may recommend: a file a subject, and the choice among them."""
