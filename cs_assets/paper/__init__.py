"""Pages on paper in the brand: fonts, text, tags for screen readers, header and footer of a PDF."""
