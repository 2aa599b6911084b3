"""Reviews as assets, a file a room: facts, texts, files, and what opens first."""

from cs_assets.reviews.books.assets import book_mails, review_site
from cs_assets.reviews.editions.assets import weekly_report_pdfs
from cs_assets.reviews.facts.assets import ReviewScope, load_settings, review_facts
from cs_assets.reviews.writing.assets import weekly_reports

assets = [review_facts, weekly_reports, weekly_report_pdfs, book_mails, review_site]

__all__ = [
    "ReviewScope", "assets", "book_mails", "load_settings", "review_facts", "review_site",
    "weekly_report_pdfs", "weekly_reports",
]  # fmt: skip
