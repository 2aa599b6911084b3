-- One row per stretch of days whose reading was cut short: where to go on.
-- key: first_day, last_day
CREATE TABLE IF NOT EXISTS gong.gong_progress (
    first_day   DATE NOT NULL,          -- first day of the stretch
    last_day    DATE NOT NULL,          -- last day of the stretch
    resume_from TIMESTAMP_NTZ NOT NULL, -- calls that start before this are stored, UTC
    saved_at    TIMESTAMP_NTZ NOT NULL  -- when, UTC
);
