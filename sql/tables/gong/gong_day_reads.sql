-- One row per day that was read from Gong as a whole: when last, and how many calls it held.
-- key: call_date
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_day_reads (
    call_date DATE NOT NULL,          -- UTC day of the calls' start
    known     BIGINT NOT NULL,        -- calls that Gong answered for the day, readable or not
    read_at   TIMESTAMP_NTZ NOT NULL, -- when the last full read began, UTC
    run_id    STRING NOT NULL         -- the run that read it
);
