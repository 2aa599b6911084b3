-- One row per call that may be read: its transcript as one text, for summaries and text search.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS analytics.call_texts (
    call_id   STRING NOT NULL, -- the call
    call_date DATE NOT NULL,   -- UTC day
    words     STRING NOT NULL, -- turns in the order spoken, one a line, each after Rep:, Colleague:, Customer: or Unknown:
    text_hash STRING NOT NULL  -- sha256 of the words
);
