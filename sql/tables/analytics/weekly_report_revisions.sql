-- One row per earlier revision of a report: what it said before it was made again and became another.
-- key: customer_id, week_start, edition, revision
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.weekly_report_revisions (
    customer_id  STRING NOT NULL, -- the customer
    week_start   DATE NOT NULL,   -- Monday
    edition      STRING NOT NULL, -- which edition; one of: weekly, quarterly
    revision     BIGINT NOT NULL, -- which
    csm_id       STRING,          -- its CSM at the time
    status       STRING NOT NULL, -- outcome; one of: written, failed, no_data
    failure      STRING,          -- why it failed
    title        STRING,          -- title
    full_report  STRING,          -- whole text, filled
    writer       STRING,          -- who wrote
    model        STRING,          -- which model or rules
    agent        STRING,          -- the Cortex agent that wrote, by its full name
    snapshot_id  STRING,          -- of the facts
    content_hash STRING,          -- sha256 of facts and texts
    generated_at TIMESTAMP_NTZ,   -- when it was written, UTC
    run_id       STRING,          -- the run that wrote it
    replaced_at  TIMESTAMP_NTZ NOT NULL, -- when another took its place, UTC
    replaced_by  STRING           -- the run that wrote the other
);
