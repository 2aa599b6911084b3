-- One row per call and chunk of turns: the words that are embedded.
-- key: call_id, chunk_index
-- partition: call_date
CREATE TABLE IF NOT EXISTS analytics.transcript_chunks (
    call_id        STRING NOT NULL, -- the call
    call_date      DATE NOT NULL,   -- UTC day
    chunk_index    BIGINT NOT NULL, -- position in the call, from 0
    first_sentence BIGINT NOT NULL, -- index of the first sentence
    last_sentence  BIGINT NOT NULL, -- index of the last sentence
    chunk_text     STRING NOT NULL, -- the words
    text_hash      STRING NOT NULL  -- sha256 of the words
);
