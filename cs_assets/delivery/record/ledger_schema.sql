-- The delivery ledger: the same text on SQLite and PostgreSQL.
-- Times are ISO 8601 text in UTC with microseconds, so that they sort as they are.

-- One row per delivery key: what is to be sent to whom, and where it stands.
CREATE TABLE IF NOT EXISTS delivery (
    delivery_key        TEXT PRIMARY KEY,
    environment         TEXT NOT NULL,
    report_kind         TEXT NOT NULL,
    period_start        TEXT NOT NULL,
    period_end          TEXT NOT NULL,
    artefact_id         TEXT NOT NULL,
    audience            TEXT NOT NULL,
    channel             TEXT NOT NULL,
    recipient           TEXT NOT NULL,
    revision            INTEGER NOT NULL,
    state               TEXT NOT NULL
        CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'unknown', 'cancelled')),
    subject             TEXT NOT NULL,
    text_path           TEXT NOT NULL,
    html_path           TEXT,
    payload_path        TEXT,
    attachment_path     TEXT,
    attachment_name     TEXT,
    artifact_sha256     TEXT NOT NULL,
    provider            TEXT,
    provider_message_id TEXT,
    attempts            INTEGER NOT NULL DEFAULT 0,
    lease_owner         TEXT,
    lease_expires_at    TEXT,
    next_attempt_at     TEXT NOT NULL,
    last_outcome        TEXT,
    last_error_class    TEXT,
    last_error_text     TEXT,
    planned_at          TEXT NOT NULL,
    first_attempt_at    TEXT,
    settled_at          TEXT,
    run_id              TEXT
);
CREATE INDEX IF NOT EXISTS delivery_by_period ON delivery (report_kind, period_start);
CREATE INDEX IF NOT EXISTS delivery_by_state ON delivery (state);

-- One row per attempt, written before the first byte goes out; finished once.
CREATE TABLE IF NOT EXISTS delivery_attempt (
    delivery_key        TEXT NOT NULL REFERENCES delivery (delivery_key),
    attempt             INTEGER NOT NULL,
    provider            TEXT NOT NULL,
    started_at          TEXT NOT NULL,
    fingerprint         TEXT NOT NULL,
    finished_at         TEXT,
    outcome             TEXT,
    provider_message_id TEXT,
    code                TEXT,
    error_text          TEXT,
    PRIMARY KEY (delivery_key, attempt)
);

-- The keys that a period must have.
CREATE TABLE IF NOT EXISTS delivery_expected (
    environment  TEXT NOT NULL,
    report_kind  TEXT NOT NULL,
    period_start TEXT NOT NULL,
    delivery_key TEXT NOT NULL,
    PRIMARY KEY (environment, report_kind, period_start, delivery_key)
);

-- What people and evidence decided about a delivery; only ever added to.
CREATE TABLE IF NOT EXISTS delivery_decision (
    delivery_key TEXT NOT NULL,
    decided_at   TEXT NOT NULL,
    decision     TEXT NOT NULL,
    decided_by   TEXT NOT NULL,
    note         TEXT NOT NULL
);

-- Addresses that nothing is sent to.
CREATE TABLE IF NOT EXISTS delivery_suppression (
    address     TEXT PRIMARY KEY,
    reason      TEXT NOT NULL,
    source      TEXT NOT NULL,
    recorded_at TEXT NOT NULL
);

-- Events of providers after acceptance (delivered, bounced, ...), each once.
CREATE TABLE IF NOT EXISTS delivery_event (
    event_id     TEXT PRIMARY KEY,
    delivery_key TEXT,
    event        TEXT NOT NULL,
    address      TEXT,
    happened_at  TEXT NOT NULL,
    provider     TEXT NOT NULL,
    detail       TEXT
);

-- Channels that take nothing at the moment, since when and why; gone when one is taken again.
CREATE TABLE IF NOT EXISTS delivery_channel (
    environment  TEXT NOT NULL,
    channel      TEXT NOT NULL,
    since        TEXT NOT NULL,
    refusals     INTEGER NOT NULL,
    next_try_at  TEXT NOT NULL,
    needs_person INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    PRIMARY KEY (environment, channel)
);

-- Since when this ledger is one restored from a backup, and what it therefore cannot know; one row
-- at most.
CREATE TABLE IF NOT EXISTS delivery_fence (
    backed_up_at TEXT NOT NULL,
    restored_at  TEXT NOT NULL,
    reason       TEXT NOT NULL
);
