-- One row per report made into files.
-- key: customer_id, week_start, edition, paper
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.weekly_report_pdfs (
    customer_id  STRING NOT NULL, -- the customer
    week_start   DATE NOT NULL,   -- Monday
    edition      STRING NOT NULL, -- which edition; one of: weekly, quarterly
    paper        STRING NOT NULL, -- page size; one of: A4, Letter
    pdf_path     STRING,          -- below the home folder
    html_path    STRING,          -- the report as one HTML file, below the home folder
    facts_path   STRING,          -- JSON of facts and claims beside it
    sha256       STRING,          -- of the PDF
    bytes        BIGINT,          -- size of the PDF
    pages        BIGINT,          -- pages
    status       STRING NOT NULL, -- outcome; one of: made, failed
    failure      STRING,          -- why it failed
    content_hash STRING           -- of the report it was made from
);
