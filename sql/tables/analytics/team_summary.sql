-- One row per week and audience: the team's summary, for the channel and for each manager.
-- key: audience_id, week_start
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.team_summary (
    audience_id    STRING NOT NULL, -- team, or the Gong user who leads
    week_start     DATE NOT NULL,   -- Monday
    reps           BIGINT NOT NULL, -- reps with calls in the window
    digests        BIGINT NOT NULL, -- digests made
    scored_calls   BIGINT NOT NULL, -- scored calls in the window
    skipped_calls  BIGINT NOT NULL, -- calls in the window that were not scored
    texts          STRING NOT NULL, -- JSON list of {key, slotted, filled, claims}
    sheet          STRING NOT NULL, -- JSON fact sheet
    snapshot_id    STRING NOT NULL, -- of the facts
    html_path      STRING,          -- below the home folder; e-mail only
    text_path      STRING NOT NULL, -- below the home folder
    payload_path   STRING,          -- Slack payload below the home folder; channel only
    content_sha256 STRING NOT NULL, -- of all parts
    data_cutoff    TIMESTAMP_NTZ NOT NULL -- calls before this are in, UTC
);
