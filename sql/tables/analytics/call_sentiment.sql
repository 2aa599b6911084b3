-- One row per call with a transcript: how the customer side felt.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS analytics.call_sentiment (
    call_id            STRING NOT NULL, -- the call
    call_date          DATE NOT NULL,   -- UTC day
    sentiment_category STRING NOT NULL, -- of the customer's words; one of: positive, neutral, negative, mixed, unknown
    sentiment_score    DOUBLE,          -- -1 to 1; empty when unknown or not given by the engine
    sentences_scored   BIGINT NOT NULL, -- customer sentences behind it
    positive_segments  STRING NOT NULL, -- JSON list of {sentence_index, start_ms, text, score}
    negative_segments  STRING NOT NULL, -- JSON list of {sentence_index, start_ms, text, score}
    not_judged         STRING,          -- why there is no verdict, e.g. language: de; empty otherwise
    model              STRING NOT NULL, -- who judged, e.g. local-matter-1
    text_hash          STRING NOT NULL  -- sha256 of the words judged; blank when some could not be
);
