"""The PDF edition: text made safe, fonts, pages, and the report laid out on them."""
