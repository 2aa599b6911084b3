"""The calls of the sample company: planned, spoken, recorded, as Gong answers them."""
