"""The routing problem in whole numbers: bounds, search and proof. Knows no accounts."""
