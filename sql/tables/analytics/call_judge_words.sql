-- One row per call that waits for a model in the warehouse to judge it: its sentences as one text.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS analytics.call_judge_words (
    call_id   STRING NOT NULL, -- the call
    call_date DATE NOT NULL,   -- UTC day
    words     STRING NOT NULL  -- sentences in the order spoken, one a line: number, side (us, customer, unknown), words
);
