-- One row per artefact: may it be sent, and why not.
-- key: kind, artefact_id, period_start
-- partition: period_start
CREATE TABLE IF NOT EXISTS ops.send_gate (
    kind           STRING NOT NULL, -- what it is; one of: weekly_report, rep_digest, rep_text, team_summary, book, customer_alerts
    artefact_id    STRING NOT NULL, -- customer, rep, team or book
    period_start   DATE NOT NULL,   -- first day of the period
    verdict        STRING NOT NULL, -- decision that delivery obeys; one of: send, hold
    reasons        STRING NOT NULL, -- JSON list of {rule, detail}; empty when it may be sent
    content_sha256 STRING           -- of the artefact that was judged
);
