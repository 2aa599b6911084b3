-- One row per record that could not be read.
-- key: dead_letter_id
CREATE TABLE IF NOT EXISTS gong.gong_dead_letters (
    dead_letter_id STRING NOT NULL,        -- sha256 of kind, origin and raw record
    kind           STRING NOT NULL,        -- what it should have been; one of: call, transcript, user
    origin         STRING NOT NULL,        -- file or request and position
    reason         STRING NOT NULL,        -- what is wrong with it
    raw            STRING NOT NULL,        -- the record as it came, cut at 100,000 characters; empty once taken up
    call_id        STRING,                 -- the call, when it could be read
    call_date      DATE,                   -- its UTC day, when it could be read
    seen_at        TIMESTAMP_NTZ NOT NULL, -- when it was read, UTC
    resolved_at    TIMESTAMP_NTZ           -- when a replay took it
);
