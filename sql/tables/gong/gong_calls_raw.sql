-- One row per call: the answer of the Gong API as it came.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_calls_raw (
    call_id      STRING NOT NULL,        -- Gong's id, text of up to 20 digits
    call_date    DATE NOT NULL,          -- UTC day of the call's start
    started      TIMESTAMP_NTZ NOT NULL, -- start of the call, UTC
    payload      VARIANT NOT NULL,       -- the call as answered, without media addresses
    content_hash STRING NOT NULL,        -- sha256 of the canonical payload
    is_private   BOOLEAN NOT NULL,       -- private in Gong: no transcript, no analysis
    is_deleted   BOOLEAN NOT NULL,       -- vanished from Gong
    request_id   STRING,                 -- Gong's request id
    fetched_at   TIMESTAMP_NTZ NOT NULL  -- when it was read, UTC
);
