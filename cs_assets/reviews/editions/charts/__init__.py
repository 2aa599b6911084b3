"""Charts of a review: what each says (from facts), and how each kind is drawn."""
