-- One row per call whose transcript was asked for and is not there yet.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_pending_transcripts (
    call_id       STRING NOT NULL,        -- the call
    call_date     DATE NOT NULL,          -- UTC day of the call's start
    attempts      BIGINT NOT NULL,        -- days on which it was asked for in vain
    first_seen_at TIMESTAMP_NTZ NOT NULL, -- when it was first missed, UTC
    asked_at      TIMESTAMP_NTZ NOT NULL  -- when it was last missed, UTC
);
