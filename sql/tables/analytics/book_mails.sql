-- One row per book and week: the mail that says which review to open first.
-- key: book_id, week_start
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.book_mails (
    book_id        STRING NOT NULL, -- the CSM whose book it is, or team: and who leads
    week_start     DATE NOT NULL,   -- Monday
    owner_name     STRING NOT NULL, -- whose book, by name
    reader_id      STRING,          -- who gets it: the CSM or who stands in; empty when nobody can
    reader_why     STRING,          -- why it is not the CSM who gets it
    customers      BIGINT NOT NULL, -- customers in it
    ready          BIGINT NOT NULL, -- of them with a review that may go out
    held           BIGINT NOT NULL, -- of them with a review that is held
    attached       BIGINT NOT NULL, -- reviews attached
    arr            DOUBLE NOT NULL, -- yearly revenue in USD of those that have one on record
    at_stake       DOUBLE NOT NULL, -- sum of yearly revenue times urgency
    first_customer STRING,          -- whom to open first; empty when nothing is urgent
    text_path      STRING,          -- the mail as text, below the home folder
    html_path      STRING,          -- the mail as HTML, below the home folder
    portfolio_path STRING,          -- portfolio as PDF, below the home folder; of teams
    content_sha256 STRING           -- of all parts
);
