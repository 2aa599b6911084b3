-- One row per transcript: the answer of the Gong API as it came.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_call_transcripts_raw (
    call_id      STRING NOT NULL,        -- the call
    call_date    DATE NOT NULL,          -- UTC day of the call's start
    payload      VARIANT NOT NULL,       -- the transcript as answered
    content_hash STRING NOT NULL,        -- sha256 of the canonical payload
    call_hash    STRING,                 -- content hash of the call when the transcript was last asked for
    request_id   STRING,                 -- Gong's request id
    fetched_at   TIMESTAMP_NTZ NOT NULL  -- when it was read, UTC
);
