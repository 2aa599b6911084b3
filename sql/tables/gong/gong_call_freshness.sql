-- One row per call: how long after it became visible in Gong it was staged, at most.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_call_freshness (
    call_id          STRING NOT NULL,        -- the call
    call_date        DATE NOT NULL,          -- UTC day of the call's start
    previous_read_at TIMESTAMP_NTZ,          -- last read of its day that did not hold it; empty for the first read
    first_seen_at    TIMESTAMP_NTZ NOT NULL, -- begin of the read that first held it, UTC
    staged_at        TIMESTAMP_NTZ           -- when it was staged, UTC
);
