-- One row per day whose sentences are staged: what they were made from.
-- key: call_date
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_staged_days (
    call_date   DATE NOT NULL,         -- UTC day of the calls' start
    fingerprint STRING NOT NULL,       -- hash of the day's raw calls and transcripts
    staged_at   TIMESTAMP_NTZ NOT NULL -- when, UTC
);
