-- One row per thing that may be sent to somebody: rendered, stored, not yet sent.
-- key: kind, artefact_id, period_start, channel
-- partition: period_start
CREATE TABLE IF NOT EXISTS ops.artefacts (
    kind            STRING NOT NULL, -- what it is; one of: weekly_report, rep_digest, rep_text, team_summary, book, customer_alerts
    artefact_id     STRING NOT NULL, -- customer, rep, team or book
    period_start    DATE NOT NULL,   -- first day of the period
    period_end      DATE NOT NULL,   -- last day of the period
    channel         STRING NOT NULL, -- how it goes; one of: email, slack, sms
    audience_id     STRING NOT NULL, -- who it is for: CSM, rep or team id
    recipient       STRING,          -- address; empty when unknown (then it is held)
    subject         STRING NOT NULL, -- subject line
    text_path       STRING NOT NULL, -- plain text, below the home folder
    html_path       STRING,          -- HTML body, below the home folder
    payload_path    STRING,          -- JSON blocks for Slack, below the home folder
    attachment_path STRING,          -- files to attach, below the home folder, a line each
    attachment_name STRING,          -- their names for the reader, a line each
    content_sha256  STRING NOT NULL  -- of all parts together
);
