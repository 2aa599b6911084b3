"""Who judges a call: rules or a model, behind one interface, and where they differ."""
