-- One row per call with a transcript: what was said, in short.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS analytics.call_summaries (
    call_id   STRING NOT NULL, -- the call
    call_date DATE NOT NULL,   -- UTC day
    summary   STRING NOT NULL, -- summary with the deal's context
    extract   STRING,          -- the summary of the words alone, without context
    model     STRING NOT NULL, -- who wrote it
    text_hash STRING NOT NULL  -- sha256 of the words summarised
);
