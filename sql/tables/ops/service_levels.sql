-- One row per day, measure and stage: how much of it went well, against its target.
-- key: day, measure, stage
-- partition: day
CREATE TABLE IF NOT EXISTS ops.service_levels (
    day     DATE NOT NULL,    -- UTC day
    measure STRING NOT NULL,  -- what is counted; one of: scheduled_runs, records, minutes_alive
    stage   STRING NOT NULL,  -- job, or step from calls to mails; daemon for minutes
    good    BIGINT NOT NULL,  -- runs that ended well, records that did not fail, minutes with a sign of life
    total   BIGINT NOT NULL,  -- runs that ended, records processed, minutes that were to be covered
    share   DOUBLE,           -- good / total; empty where there was nothing
    target  DOUBLE NOT NULL,  -- least share
    is_met  BOOLEAN           -- whether the share reaches the target; empty where there was nothing
);
