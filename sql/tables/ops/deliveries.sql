-- One row per delivery, copied from the delivery ledger for reporting, and per held artefact.
-- key: delivery_key
-- partition: period_start
CREATE TABLE IF NOT EXISTS ops.deliveries (
    delivery_key        STRING NOT NULL, -- sha256 of what makes it this delivery; held-... for held artefacts
    environment         STRING NOT NULL, -- what it can reach; one of: production, development, rehearsal
    report_kind         STRING NOT NULL, -- what is delivered; one of: weekly_report, rep_digest, rep_text, team_summary, book, customer_alerts, run_failure_alert, delivery_alert
    period_start        DATE NOT NULL,   -- first day of the period
    period_end          DATE NOT NULL,   -- last day of the period
    artefact_id         STRING NOT NULL, -- customer, rep, team, book or run
    audience            STRING NOT NULL, -- who it is for: CSM, rep or team id
    channel             STRING NOT NULL, -- how it goes; one of: email, slack, sms
    recipient           STRING,          -- address or channel; empty when none is known
    revision            BIGINT NOT NULL, -- 1; each deliberate new sending adds one
    state               STRING NOT NULL, -- where it stands; one of: pending, sending, sent, failed, unknown, cancelled, held
    reason              STRING,          -- why it is held, failed, unknown or cancelled
    subject             STRING NOT NULL, -- subject line
    artifact_sha256     STRING,          -- of the files that were planned
    provider            STRING,          -- who took it
    provider_message_id STRING,          -- the provider's name for it
    attempts            BIGINT NOT NULL, -- attempts made
    planned_at          TIMESTAMP_NTZ,   -- when it was planned, UTC
    first_attempt_at    TIMESTAMP_NTZ,   -- when it was first attempted, UTC
    settled_at          TIMESTAMP_NTZ,   -- when it was settled, UTC
    run_id              STRING,          -- the run that planned it
    delivered_at        TIMESTAMP_NTZ,   -- when the provider says that it arrived, UTC; empty when nothing was told
    opened_at           TIMESTAMP_NTZ,   -- when it was first opened, as the provider says, UTC; empty when nothing was told
    opens               BIGINT           -- times that it was opened, machines left out; only where opens are tracked
);
